using System.CommandLine;
using Selfsame.Cli.Bench;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench profile</c>: where the time of a training step goes, operator by operator.</summary>
internal static class BenchProfileVerb
{
    private const double Smallest = 0.001;

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("profile", "Where the time of a training step goes, by operator",
            new("bench profile --only gpt-small", "one model, five steps"),
            new("bench profile --json", "all models, for a program"));
        var only = BenchOptions.Only(TrainCase.All.Select(item => item.Name));
        verb.Add(only);
        var options = new BenchOptions(verb, rounds: 5, "model, operator, calls, milliseconds, share, gflops_per_second");
        verb.SetAction((parse, cancellation) =>
        {
            var cases = BenchOptions.Select(parse.GetValue(only), TrainCase.All, item => item.Name);
            var settings = options.Settings(parse);
            var before = BenchMachine.Load();
            IReadOnlyList<ProfileRow> rows = [.. cases.SelectMany(item => ProfileBenchmark.Run(item, settings, cancellation))];
            var machine = BenchMachine.Capture(before, []);
            var file = new ProfileFile(rows, TrainStep.MachinePrecision().Name, settings.Rounds, machine);
            return Task.FromResult(options.Finish(parse, file, VerbJson.Default.ProfileFile, rows, VerbJson.Default.IReadOnlyListProfileRow, console => Write(console, rows, machine)));
        });
        return verb;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<ProfileRow> rows, BenchMachine machine)
    {
        foreach (var model in rows.GroupBy(row => row.Model))
        {
            var table = BenchOptions.Figures(model.Key, "calls", "ms", "share", "GFLOP/s");
            foreach (var row in model.Where(row => row.Share >= Smallest))
            {
                table.AddRow(
                    row.Operator, BenchOptions.Figure(row.Calls, "0.#"), BenchOptions.Figure(row.Milliseconds, "0.00"), BenchOptions.Figure(row.Share * 100, "0.0") + " %",
                    BenchOptions.Figure(row.GflopsPerSecond, "0"));
            }

            console.Write(table);
        }

        BenchOptions.WriteMachine(console, machine);
    }
}
