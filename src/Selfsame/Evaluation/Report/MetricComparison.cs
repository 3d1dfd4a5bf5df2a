using Selfsame.Training;

namespace Selfsame.Evaluation.Report;

/// <summary>Which way a metric is better.</summary>
public enum MetricDirection
{
    /// <summary>Neither: the value describes, such as the share of the largest class.</summary>
    None,

    /// <summary>Higher is better.</summary>
    Higher,

    /// <summary>Lower is better.</summary>
    Lower,
}

/// <summary>One metric of a trained model beside the same metric without training.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Trained">Its value for the trained model.</param>
/// <param name="RandomInit">Its value for the same network with random weights; null when it wasn't measured.</param>
/// <param name="RawInput">Its value for the data itself used as features; null when it wasn't measured.</param>
/// <param name="Direction">Which way is better.</param>
public sealed record MetricComparison(string Name, double Trained, double? RandomInit, double? RawInput, MetricDirection Direction)
{
    private static readonly string[] LowerWords =
        ["loss", "error", "mse", "rmse", "mae", "nll", "perplexity", "fid", "kid", "frechet", "distance", "wer", "cer", "bits", "median_rank", "mean_rank"];
    private static readonly string[] NeutralWords = ["majority", "classes", "count", "chance", "rankme", "effective_rank", "seconds"];

    /// <summary>Whether the trained model is better than the random weights; null when that can't be said. A tie isn't better.</summary>
    public bool? BeatsRandomInit => Beats(RandomInit);

    /// <summary>Whether the trained model is better than the raw input; null when that can't be said. A tie isn't better.</summary>
    public bool? BeatsRawInput => Beats(RawInput);

    /// <summary>Name of the best: <c>trained</c>, <c>random_init</c> or <c>raw_input</c>; null when there is nothing to compare, or a tie.</summary>
    public string? Winner
    {
        get
        {
            if (Direction == MetricDirection.None || (RandomInit ?? RawInput) is null)
                return null;
            (string Name, double Value)? best = null;
            var tie = false;
            foreach (var (name, value) in new[] { ("trained", (double?)Trained), (RunResult.RandomInit, RandomInit), (RunResult.RawInput, RawInput) })
            {
                if (value is not { } number || double.IsNaN(number))
                    continue;
                if (best is null || Better(number, best.Value.Value))
                    (best, tie) = ((name, number), false);
                else if (number == best.Value.Value)
                    tie = true;
            }
            return tie ? null : best?.Name;
        }
    }

    /// <summary>Every metric of a result, in its order.</summary>
    public static IReadOnlyList<MetricComparison> Of(RunResult result) =>
        [.. result.Evaluation.Select(metric => new MetricComparison(metric.Key, metric.Value,
            Baseline(result, RunResult.RandomInit, metric.Key), Baseline(result, RunResult.RawInput, metric.Key), DirectionOf(metric.Key, result.Better)))];

    /// <summary>Which way a metric is better: as told, else by the words in its name.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="told"><c>higher</c>, <c>lower</c> or <c>none</c> by metric.</param>
    public static MetricDirection DirectionOf(string name, IReadOnlyDictionary<string, string>? told = null)
    {
        if (told?.TryGetValue(name, out var better) == true)
            return better switch { "higher" => MetricDirection.Higher, "lower" => MetricDirection.Lower, _ => MetricDirection.None };
        if (HoldsWord(name, NeutralWords))
            return MetricDirection.None;
        return HoldsWord(name, LowerWords) ? MetricDirection.Lower : MetricDirection.Higher;
    }

    private static double? Baseline(RunResult result, string baseline, string metric) =>
        result.Baselines.TryGetValue(baseline, out var values) && values.TryGetValue(metric, out var value) ? value : null;

    // Words are separated by anything but letters and digits, so "mae" isn't found in "maelstrom".
    private static bool HoldsWord(string name, string[] words)
    {
        foreach (var word in words)
        {
            for (var at = name.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = name.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                if ((at == 0 || !char.IsLetterOrDigit(name[at - 1])) && (at + word.Length == name.Length || !char.IsLetterOrDigit(name[at + word.Length])))
                    return true;
            }
        }
        return false;
    }

    private bool? Beats(double? baseline) =>
        Direction == MetricDirection.None || baseline is not { } value || double.IsNaN(value) ? null : Better(Trained, value);

    private bool Better(double one, double other) => Direction == MetricDirection.Lower ? one < other : one > other;
}
