using System.CommandLine;
using Selfsame.Cli.Bench;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench embed</c>: a folder of pictures to a file of vectors, process for process beside Python.</summary>
internal static class BenchEmbedVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("embed", "A folder of pictures to vectors, from the start of a process to its end: ours, and PyTorch's DataLoader and ViT",
            new("bench embed", "10,000 pictures, three rounds"),
            new("bench embed --pictures 1000 --json", "fewer, for a program"),
            new("bench embed --out results/bench/embed.json", "keep the figures"));
        var pictures = new Option<int>("--pictures") { Description = "Pictures in the folder", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        verb.Add(pictures);
        var options = new BenchOptions(verb, rounds: 3, "name, ours, peer, ratio, smallest_ratio, largest_ratio", peer: "torch and torchvision");
        verb.SetAction(async (parse, cancellation) =>
        {
            var count = BenchOptions.AtLeastOne("--pictures", parse.GetValue(pictures));
            var settings = options.Settings(parse);
            var before = BenchMachine.Load();
            var measured = await EmbedBenchmark.RunAsync(count, settings, cancellation).ConfigureAwait(false);
            IReadOnlyList<DataBenchResult> results = [measured.Result];
            var machine = BenchMachine.Capture(before, [("peer", measured.PeerVersion)]);
            var file = new DataBenchFile(results, [measured], settings.Rounds, 1, machine);
            return options.Finish(parse, file, VerbJson.Default.DataBenchFile, results, VerbJson.Default.IReadOnlyListDataBenchResult, console => BenchDataVerb.Write(console, results, machine));
        });
        return verb;
    }
}
