using System.Text.Json;

namespace Selfsame.Cli.Verbs;

/// <summary>What the table of results shows of one run.</summary>
/// <param name="System">Key of the system.</param>
/// <param name="Recipe">Path of the recipe.</param>
/// <param name="Metric">The first one that was also measured for a baseline; where none was, the first one.</param>
/// <param name="Trained">After training.</param>
/// <param name="RandomInit">The same encoder before training; null where it was not measured.</param>
/// <param name="RawInput">The input itself in place of features; null where it was not measured.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Seconds">Of training.</param>
/// <param name="SamplesPerSecond">While training.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Commit">First seven digits of the source commit.</param>
internal sealed record ResultRow(
    string System, string Recipe, string Metric, double Trained, double? RandomInit, double? RawInput,
    long Steps, double Seconds, double SamplesPerSecond, string Machine, long Seed, string Commit)
{
    private const int CommitDigits = 7;

    /// <summary>Reads a result file.</summary>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="InvalidDataException">A value is missing or of the wrong kind.</exception>
    public static ResultRow Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var measured = Get(root, "evaluation", JsonValueKind.Object);
        var baselines = root.TryGetProperty("baselines", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;

        var metrics = measured.EnumerateObject().Where(metric => metric.Value.ValueKind == JsonValueKind.Number).Select(metric => metric.Name).ToList();
        if (metrics.Count == 0)
            throw new InvalidDataException("evaluation holds no number. Run the recipe without --no-evaluate.");
        var chosen = metrics.Find(name => Baseline(baselines, "random_init", name) is not null || Baseline(baselines, "raw_input", name) is not null) ?? metrics[0];

        var commit = Text(root, "commit");
        return new(
            Text(root, "system"), Text(root, "recipe"), chosen, measured.GetProperty(chosen).GetDouble(),
            Baseline(baselines, "random_init", chosen), Baseline(baselines, "raw_input", chosen),
            Get(root, "steps", JsonValueKind.Number).GetInt64(), Get(root, "seconds", JsonValueKind.Number).GetDouble(),
            Get(root, "samples_per_second", JsonValueKind.Number).GetDouble(), Text(root, "machine"),
            Get(root, "seed", JsonValueKind.Number).GetInt64(), commit.Length > CommitDigits ? commit[..CommitDigits] : commit);
    }

    private static double? Baseline(JsonElement baselines, string name, string metric) =>
        baselines.ValueKind == JsonValueKind.Object &&
        baselines.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object &&
        values.TryGetProperty(metric, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : null;

    // A bar would end the cell.
    private static string Text(JsonElement root, string name) => Get(root, name, JsonValueKind.String).GetString()!.Replace("|", "\\|", StringComparison.Ordinal);

    private static JsonElement Get(JsonElement root, string name, JsonValueKind kind) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new InvalidDataException($"'{name}' must be a JSON {kind.ToString().ToLowerInvariant()}.");
}
