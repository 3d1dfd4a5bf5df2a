using System.CommandLine;
using Selfsame.Cli.Bench;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench scale</c>: how the cost of a training step grows with width, depth, tokens and batch.</summary>
internal static class BenchScaleVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("scale", "How the cost of a training step grows with width, depth, tokens and batch",
            new("bench scale", "a few sizes along each axis, the fastest of three steps each"),
            new("bench scale --out results/bench/scale.json", "keep the figures"));
        var options = new BenchOptions(verb, rounds: 3, "axis, exponent, arithmetic_exponent, points");
        verb.SetAction((parse, cancellation) =>
        {
            var settings = options.Settings(parse);
            var before = BenchMachine.Load();
            var (axes, terms) = ScaleBenchmark.Run(settings, cancellation);
            var verdict = ScaleVerdict.Of(axes, terms);
            var machine = BenchMachine.Capture(before, []);
            var file = new ScaleFile(axes, terms, verdict, TrainStep.MachinePrecision().Name, settings.Rounds, machine);
            return Task.FromResult(options.Finish(parse, file, VerbJson.Default.ScaleFile, axes, VerbJson.Default.IReadOnlyListScaleAxis, console => Write(console, axes, verdict, machine)));
        });
        return verb;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<ScaleAxis> axes, ScaleVerdict verdict, BenchMachine machine)
    {
        var table = BenchOptions.Figures("axis", "value", "ms a step", "µs a token", "exponent", "of the arithmetic");
        foreach (var axis in axes)
        {
            foreach (var point in axis.Points)
            {
                var last = point == axis.Points[^1];
                table.AddRow(
                    axis.Axis, BenchOptions.Figure(point.Value, "0"), BenchOptions.Figure(point.Seconds * 1e3, "0.0"), BenchOptions.Figure(point.SecondsPerToken * 1e6, "0.0"),
                    last ? BenchOptions.Figure(axis.Exponent, "0.00") : "", last ? BenchOptions.Figure(axis.ArithmeticExponent, "0.00") : "");
            }
        }

        console.Write(table);
        console.WriteLine($"time per token from batch 8 to 256: {(verdict.IsFlat ? "flat" : "not flat")}, {BenchOptions.Figure(verdict.Spread * 100, "0")} % between the smallest and the largest");
        console.WriteLine(verdict.FasterThanLinear.Count == 0
            ? "nothing but attention grows faster than linearly with depth, tokens or batch"
            : $"faster than linear: {string.Join(", ", verdict.FasterThanLinear.Select(term => $"{term.Operator} with {term.Axis} (exponent {BenchOptions.Figure(term.Exponent, "0.00")}, {BenchOptions.Figure(term.Share * 100, "0")} % of the step)"))}");
        BenchOptions.WriteMachine(console, machine);
    }
}
