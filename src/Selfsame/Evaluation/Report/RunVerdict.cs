using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Evaluation.Report;

/// <summary>What a run showed, in one word.</summary>
public enum VerdictKind
{
    /// <summary>Better than every baseline that was measured.</summary>
    Learned,

    /// <summary>Better than random weights, but not than the raw input.</summary>
    Partly,

    /// <summary>Not better than random weights, or than the only baseline.</summary>
    NotLearned,

    /// <summary>The loss became NaN or infinite.</summary>
    Diverged,

    /// <summary>All samples get nearly the same features.</summary>
    Collapsed,

    /// <summary>The loss is that of guessing.</summary>
    AtChance,

    /// <summary>There is nothing to judge by.</summary>
    Unknown,
}

/// <summary>What a run showed, judged by its first metric that has a better side and a baseline.</summary>
/// <param name="Kind">In one word.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Text">In a sentence with the numbers.</param>
public sealed record RunVerdict(VerdictKind Kind, string Title, string Text)
{
    /// <summary>Further findings in plain words, one sentence each; shown as a list below the verdict.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>Judges a finished run.</summary>
    public static RunVerdict Of(RunResult result)
    {
        if (result.Diagnosis is { IsBad: true } bad)
        {
            var kind = bad.Kind switch { Health.Diverged => VerdictKind.Diverged, Health.Collapsed => VerdictKind.Collapsed, _ => VerdictKind.AtChance };
            return new(kind, bad.Title, $"{bad.Why} {bad.Try}");
        }

        if (!double.IsFinite(result.FinalLoss))
            return new(VerdictKind.Diverged, "Diverged", $"The training loss ended at {HumanText.Value(result.FinalLoss)}.");
        if (result.Evaluation.Count == 0)
            return new(VerdictKind.Unknown, "Not evaluated", "No metric was measured, so nothing can be said about what the model learned.");

        var main = MetricComparison.Of(result).FirstOrDefault(metric => (metric.BeatsRandomInit ?? metric.BeatsRawInput) is not null);
        if (main is null)
            return new(VerdictKind.Unknown, "No baseline", "No baseline was measured, so the metrics can't be told from those of an untrained model.");

        var against = (main.RandomInit, main.RawInput) switch
        {
            ({ } random, { } raw) => $"{HumanText.Value(random)} for random weights and {HumanText.Value(raw)} for the raw input",
            ({ } random, null) => $"{HumanText.Value(random)} for random weights",
            (_, { } raw) => $"{HumanText.Value(raw)} for the raw input",
            _ => "no baseline",
        };
        var side = main.Direction == MetricDirection.Lower ? "lower" : "higher";
        var numbers = $"{main.Name} is {HumanText.Value(main.Trained)}, against {against} ({side} is better).";
        return (main.BeatsRandomInit, main.BeatsRawInput) switch
        {
            (not false, not false) => new(VerdictKind.Learned, "Learned", numbers),
            (true, false) => new(VerdictKind.Partly, "Learned, but no better than the raw input", numbers),
            (null, false) => new(VerdictKind.NotLearned, "No better than the raw input", numbers),
            _ => new(VerdictKind.NotLearned, "No better than random weights", numbers),
        };
    }
}
