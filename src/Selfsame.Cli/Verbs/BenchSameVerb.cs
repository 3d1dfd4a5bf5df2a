using System.CommandLine;
using Selfsame.Cli.Bench;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench same</c>: whether the fused kernels train as plain operators do.</summary>
internal static class BenchSameVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("same", "Whether training with the fused kernels gives the losses of plain operators",
            new("bench same", "200 steps three times over, for both systems"),
            new("bench same --only mae-small --steps 20", "a short look at one"));
        var steps = new Option<int>("--steps") { Description = "Steps of each run", DefaultValueFactory = _ => 200, HelpName = "N" };
        var batch = new Option<int>("--batch") { Description = "Samples of a step", DefaultValueFactory = _ => 8, HelpName = "N" };
        var only = BenchOptions.Only(SameBenchmark.All.Select(item => item.Name));
        verb.Add(steps);
        verb.Add(batch);
        verb.Add(only);
        var options = new BenchOptions(verb, rounds: null, "name, precision, steps, first, last, difference, noise");
        verb.SetAction((parse, cancellation) =>
        {
            var cases = BenchOptions.Select(parse.GetValue(only), SameBenchmark.All, item => item.Name);
            var settings = options.Settings(parse);
            var (count, samples) = (BenchOptions.AtLeastOne("--steps", parse.GetValue(steps)), BenchOptions.AtLeastOne("--batch", parse.GetValue(batch)));
            var before = BenchMachine.Load();
            var runs = cases.Select(item => SameBenchmark.Run(item.Name, item.Recipe, count, samples, settings, cancellation)).ToArray();
            IReadOnlyList<SameResult> results = [.. runs.Select(run => run.Result)];
            var machine = BenchMachine.Capture(before, []);
            var file = new SameFile(results, [.. runs.Select(run => run.Curves)], samples, machine);
            return Task.FromResult(options.Finish(parse, file, VerbJson.Default.SameFile, results, VerbJson.Default.IReadOnlyListSameResult, console => Write(console, results, machine)));
        });
        return verb;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<SameResult> results, BenchMachine machine)
    {
        var table = BenchOptions.Figures("model", "precision", "steps", "first loss", "last losses", "difference", "noise");
        foreach (var result in results)
        {
            table.AddRow(
                result.Name, result.Precision, BenchOptions.Figure(result.Steps, "0"), BenchOptions.Figure(result.First, "0.0000"), BenchOptions.Figure(result.Last, "0.0000"),
                BenchOptions.Figure(result.Difference * 100, "0.0000") + " %", BenchOptions.Figure(result.Noise * 100, "0.0000") + " %");
        }

        console.Write(table);
        BenchOptions.WriteMachine(console, machine);
        console.WriteLine("difference: mean over the steps, with kernels against without; noise: the same for pictures rounded to bfloat16, both without");
    }
}
