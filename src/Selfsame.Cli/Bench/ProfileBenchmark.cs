using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>One operator's part of a model's training step: what <c>bench profile --json</c> prints for each.</summary>
/// <param name="Model">The model, such as <c>mae-small</c>.</param>
/// <param name="Operator">The operator, or <see cref="ProfileBenchmark.Rest"/>.</param>
/// <param name="Calls">Calls in a step.</param>
/// <param name="Milliseconds">Time in a step, without the operators that it called.</param>
/// <param name="Share">Of the step's time, 0 to 1.</param>
/// <param name="GflopsPerSecond">10^9 floating-point operations a second; null where they are not counted.</param>
internal sealed record ProfileRow(string Model, string Operator, double Calls, double Milliseconds, double Share, double? GflopsPerSecond);

/// <summary>What <c>--out</c> keeps.</summary>
/// <param name="Rows">As printed.</param>
/// <param name="Precision">Number format.</param>
/// <param name="Rounds">Steps measured for each model.</param>
/// <param name="Machine">Machine and versions.</param>
internal sealed record ProfileFile(IReadOnlyList<ProfileRow> Rows, string Precision, int Rounds, BenchMachine Machine);

/// <summary>Where the time of a training step goes, by operator.</summary>
internal static class ProfileBenchmark
{
    /// <summary>Name of what lies between operators: C#, the door to libtorch, and waiting.</summary>
    public const string Rest = "(between operators)";

    private const int WarmupSteps = 2;

    /// <summary>Measures one model.</summary>
    /// <param name="item">The model.</param>
    /// <param name="settings">How; a round is one step.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Operators, the largest share first.</returns>
    public static IReadOnlyList<ProfileRow> Run(TrainCase item, BenchSettings settings, CancellationToken cancellation)
    {
        TorchRuntime.UseCores();
        using var step = item.Open(TrainStep.MachinePrecision());
        settings.OnPhase($"{item.Name}: warming up");
        step.Round(WarmupSteps, settings.Time, cancellation);
        settings.OnPhase($"{item.Name}: {settings.Rounds} steps");
        var seconds = 0.0;
        var costs = OperatorProfile.Measure(() => seconds = step.Round(settings.Rounds, settings.Time, cancellation));
        return Rows(item.Name, costs, seconds, settings.Rounds);
    }

    /// <summary>Shares of a step.</summary>
    /// <param name="model">The model.</param>
    /// <param name="costs">What was counted.</param>
    /// <param name="seconds">Time on the clock.</param>
    /// <param name="steps">Steps that were measured.</param>
    internal static IReadOnlyList<ProfileRow> Rows(string model, IReadOnlyList<OperatorCost> costs, double seconds, int steps)
    {
        var between = new OperatorCost(Rest, 0, Math.Max(0, seconds - costs.Sum(cost => cost.Seconds)), 0);
        return [.. costs.Append(between).OrderByDescending(cost => cost.Seconds).Select(cost => new ProfileRow(
            model, cost.Name, (double)cost.Calls / steps, cost.Seconds * 1000 / steps, cost.Seconds / seconds, cost is { Flops: > 0, Seconds: > 0 } ? cost.Flops / cost.Seconds / 1e9 : null))];
    }
}
