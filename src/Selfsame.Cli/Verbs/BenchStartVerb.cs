using System.CommandLine;
using Selfsame.Cli.Bench;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench start</c>: how long a new process takes to the vector of one picture.</summary>
internal static class BenchStartVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("start", "Seconds from the start of a process to the vector of one picture: ours, and PyTorch's",
            new("bench start", "seven processes of each side"),
            new("bench start --out results/bench/start.json", "keep the figures"));
        var options = new BenchOptions(verb, rounds: 7, "name, ours, peer, ratio", peer: "torch and torchvision");
        verb.SetAction(async (parse, cancellation) =>
        {
            var settings = options.Settings(parse);
            var before = BenchMachine.Load();
            var (ours, peers, version) = await StartBenchmark.RunAsync(settings, cancellation).ConfigureAwait(false);
            IReadOnlyList<StartResult> results = [StartBenchmark.Of(ours, peers)];
            var machine = BenchMachine.Capture(before, [("peer", version)]);
            var file = new StartFile(results, ours, peers, machine);
            return options.Finish(parse, file, VerbJson.Default.StartFile, results, VerbJson.Default.IReadOnlyListStartResult, console => Write(console, results[0], machine));
        });
        return verb;
    }

    private static void Write(IAnsiConsole console, StartResult result, BenchMachine machine)
    {
        var table = BenchOptions.Figures("process", "ours, s", "peer, s", "ours over peer");
        table.AddRow(result.Name, BenchOptions.Figure(result.Ours, "0.00"), BenchOptions.Figure(result.Peer, "0.00"), BenchOptions.Figure(result.Ratio, "0.00"));
        console.Write(table);
        BenchOptions.WriteMachine(console, machine);
    }
}
