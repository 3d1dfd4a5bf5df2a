using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Training;

namespace Selfsame.Claims;

/// <summary>The answer to a claim, kept as <c>results/claims/KEY.json</c>.</summary>
public sealed record ClaimResult
{
    /// <summary>Name of the claim.</summary>
    public required string Key { get; init; }

    /// <summary>What the paper says.</summary>
    public required string Claim { get; init; }

    /// <summary>Address of the paper.</summary>
    public required string Paper { get; init; }

    /// <summary>How far this test is from the paper's.</summary>
    public required string Scale { get; init; }

    /// <summary>The whole answer in a few words.</summary>
    public required string Verdict { get; init; }

    /// <summary>One answer for each prediction.</summary>
    public required IReadOnlyList<PredictionAnswer> Predictions { get; init; }

    /// <summary>What was compared, by name.</summary>
    public required IReadOnlyDictionary<string, ArmResult> Arms { get; init; }

    /// <summary>Seeds, in the order of all values here.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Optimizer steps of each run.</summary>
    public required long Steps { get; init; }

    /// <summary>Time spent training, in seconds, over all runs.</summary>
    public required double Seconds { get; init; }

    /// <summary>The command that repeats it.</summary>
    public required string Command { get; init; }

    /// <summary>Version of Selfsame.</summary>
    public required string Version { get; init; }

    /// <summary>Commit the runs were made with, each once; empty when it isn't known.</summary>
    public required IReadOnlyList<string> Commits { get; init; }

    /// <summary>Processor and number of cores, each once.</summary>
    public required IReadOnlyList<string> Machines { get; init; }

    /// <summary>The content of the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ClaimJson.Default.ClaimResult) + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text isn't the answer to a claim.</exception>
    public static ClaimResult FromJson(string json) =>
        JsonSerializer.Deserialize(json, ClaimJson.Default.ClaimResult) ?? throw new JsonException("It holds null.");

    /// <summary>Judges finished runs.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="runs">For each arm, the results in the order of the claim's seeds.</param>
    /// <param name="command">The command that repeats it.</param>
    /// <exception cref="InvalidDataException">A metric that a prediction names was not measured.</exception>
    public static ClaimResult Of(ClaimFile claim, IReadOnlyDictionary<string, IReadOnlyList<RunResult>> runs, string command)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(runs);
        var all = runs.Values.SelectMany(list => list).ToArray();
        var predictions = claim.Settings.Predictions.Select(prediction => PredictionAnswer.Of(prediction, runs)).ToArray();
        return new()
        {
            Key = claim.Key,
            Claim = claim.Settings.Claim,
            Paper = claim.Settings.Paper,
            Scale = claim.Settings.Scale,
            Verdict = Summarise(predictions),
            Predictions = predictions,
            Arms = claim.Settings.Arms.ToDictionary(arm => arm.Key, arm => ArmResult.Of(arm.Value.Title, runs[arm.Key])),
            Seeds = [.. claim.Settings.Seeds],
            Steps = all[0].Steps,
            Seconds = all.Sum(run => run.Seconds),
            Command = command,
            Version = all[0].Version,
            Commits = [.. all.Select(run => run.Commit).OfType<string>().Distinct()],
            Machines = [.. all.Select(run => run.Machine).Distinct()],
        };
    }

    private static string Summarise(PredictionAnswer[] predictions)
    {
        int Count(ClaimOutcome outcome) => predictions.Count(p => p.Comparison.Outcome == outcome);
        if (Count(ClaimOutcome.Holds) == predictions.Length)
            return "holds at this scale";
        if (Count(ClaimOutcome.Contradicted) == predictions.Length)
            return "does not hold at this scale";
        return FormattableString.Invariant($"of {predictions.Length} predictions {Count(ClaimOutcome.Holds)} hold, {Count(ClaimOutcome.Contradicted)} are contradicted, {Count(ClaimOutcome.Undecided)} stay undecided at this scale");
    }
}

/// <summary>The runs of one arm.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Metrics">Every metric, over the seeds.</param>
public sealed record ArmResult(string Title, IReadOnlyDictionary<string, ArmMetric> Metrics)
{
    internal static ArmResult Of(string title, IReadOnlyList<RunResult> runs)
    {
        var metrics = new Dictionary<string, ArmMetric>();
        foreach (var name in runs[0].Evaluation.Keys.Where(name => runs.All(run => run.Evaluation.ContainsKey(name))))
        {
            double[] values = [.. runs.Select(run => run.Evaluation[name])];
            var (mean, deviation) = PairedComparison.Spread(values);
            metrics[name] = new(mean, deviation, values);
        }

        return new(title, metrics);
    }
}

/// <summary>One metric over the seeds.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Unbiased standard deviation.</param>
/// <param name="Values">One for each seed.</param>
public sealed record ArmMetric(double Mean, double Deviation, IReadOnlyList<double> Values);

/// <summary>What the runs say about one prediction.</summary>
/// <param name="Better">The arm that should be better.</param>
/// <param name="Than">The arm it should be better than.</param>
/// <param name="Metric">By this metric.</param>
/// <param name="Comparison">The answer.</param>
public sealed record PredictionAnswer(string Better, string Than, string Metric, PairedComparison Comparison)
{
    internal static PredictionAnswer Of(PredictionSettings prediction, IReadOnlyDictionary<string, IReadOnlyList<RunResult>> runs)
    {
        double[] Values(string arm) => [.. runs[arm].Select(run => run.Evaluation.TryGetValue(prediction.Metric, out var value) && double.IsFinite(value)
            ? value
            : throw new InvalidDataException($"arm {arm}, seed {run.Seed}: {prediction.Metric} has no number. It measured: {string.Join(", ", run.Evaluation.Keys)}"))];
        var lower = Evaluation.Report.MetricComparison.DirectionOf(prediction.Metric, runs[prediction.Better][0].Better) == Evaluation.Report.MetricDirection.Lower;
        return new(prediction.Better, prediction.Than, prediction.Metric, PairedComparison.Of(Values(prediction.Better), Values(prediction.Than), lower));
    }
}

/// <summary>How the answer to a claim is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, NewLine = "\n", WriteIndented = true)]
[JsonSerializable(typeof(ClaimResult))]
internal sealed partial class ClaimJson : JsonSerializerContext;
