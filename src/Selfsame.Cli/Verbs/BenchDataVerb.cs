using System.CommandLine;
using Selfsame.Cli.Bench;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench data</c>: how fast files become numbers on one core, beside Python's usual libraries.</summary>
internal static class BenchDataVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("data", "Samples a second and core from file to numbers: ours, and Python's libraries",
            new("bench data", "pictures, sound and films, seven rounds each"),
            new("bench data --only pictures --json", "one of them, for a program"),
            new("bench data --out results/bench/data.json", "keep the figures"));
        var passes = new Option<int>("--passes") { Description = "Passes over the samples in a round", DefaultValueFactory = _ => 2, HelpName = "N" };
        var only = BenchOptions.Only(DataCase.All.Select(item => item.Name));
        verb.Add(passes);
        verb.Add(only);
        var options = new BenchOptions(verb, rounds: 7, "name, ours, peer, ratio, smallest_ratio, largest_ratio", peer: "torchvision, torchaudio and PyAV");
        verb.SetAction(async (parse, cancellation) =>
        {
            var cases = BenchOptions.Select(parse.GetValue(only), DataCase.All, item => item.Name);
            var settings = options.Settings(parse) with { Steps = BenchOptions.AtLeastOne("--passes", parse.GetValue(passes)), Time = ProcessorTime.Own };
            var before = BenchMachine.Load();
            var measured = new List<DataBenchMeasurement>();
            foreach (var item in cases)
                measured.Add(await DataBenchmark.RunAsync(item, settings, cancellation).ConfigureAwait(false));
            IReadOnlyList<DataBenchResult> results = [.. measured.Select(m => m.Result)];
            var machine = BenchMachine.Capture(before, measured.Select(one => ($"peer of {one.Result.Name}", one.PeerVersion)));
            var file = new DataBenchFile(results, measured, settings.Rounds, settings.Steps, machine);
            return options.Finish(parse, file, VerbJson.Default.DataBenchFile, results, VerbJson.Default.IReadOnlyListDataBenchResult, console =>
            {
                Write(console, results, machine);
                console.WriteLine("processor time, one thread each");
            });
        });
        return verb;
    }

    internal static void Write(IAnsiConsole console, IReadOnlyList<DataBenchResult> results, BenchMachine machine)
    {
        var table = BenchOptions.Figures("data", "ours, samples/s", "peer, samples/s", "ratio", "smallest", "largest");
        foreach (var one in results)
        {
            table.AddRow(
                one.Name, BenchOptions.Figure(one.Ours, "0.0"), BenchOptions.Figure(one.Peer, "0.0"), BenchOptions.Figure(one.Ratio, "0.00"),
                BenchOptions.Figure(one.SmallestRatio, "0.00"), BenchOptions.Figure(one.LargestRatio, "0.00"));
        }

        console.Write(table);
        BenchOptions.WriteMachine(console, machine);
    }
}
