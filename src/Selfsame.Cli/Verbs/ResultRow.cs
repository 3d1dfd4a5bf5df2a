using System.Text.Json;

namespace Selfsame.Cli.Verbs;

/// <summary>What the table of results shows of one run.</summary>
/// <param name="System">Key of the system.</param>
/// <param name="Recipe">Path of the recipe; null where the result does not name it.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Trained">After training.</param>
/// <param name="RandomInit">The same encoder before training; null where it was not measured.</param>
/// <param name="RawInput">The input itself in place of features; null where it was not measured.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Seconds">Of training.</param>
/// <param name="SamplesPerSecond">While training.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Commit">First seven digits of the source commit; null where it was not known.</param>
/// <param name="RecipeId">Names the recipe without its seed; null where an older version wrote the file.</param>
/// <param name="Protocol">How it was measured; null where an older version wrote the file.</param>
/// <param name="Chance">What guessing gives: a random order of the candidates, or for an accuracy the share of the largest class; null where it was not measured.</param>
internal sealed record ResultRow(
    string System, string? Recipe, string Metric, double Trained, double? RandomInit, double? RawInput,
    long Steps, double Seconds, double SamplesPerSecond, string Machine, long Seed, string? Commit, string? RecipeId = null, string? Protocol = null, double? Chance = null)
{
    /// <summary>Ending of the name of a metric that says what another would be by chance.</summary>
    internal const string ChanceEnding = "_chance";

    private const int CommitDigits = 7;

    /// <summary>Reads a result file.</summary>
    /// <param name="json">UTF-8.</param>
    /// <returns>A row for each metric that a baseline or chance stands beside; one row when there are none.</returns>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="InvalidDataException">A value is missing or of the wrong kind.</exception>
    public static IReadOnlyList<ResultRow> ParseAll(ReadOnlyMemory<byte> json)
    {
        var first = Parse(json);
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var baselines = root.TryGetProperty("baselines", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        var rows = new List<ResultRow>();
        var measured = root.GetProperty("evaluation");
        foreach (var metric in measured.EnumerateObject())
        {
            if (metric.Name.EndsWith(ChanceEnding, StringComparison.Ordinal))
                continue;
            var row = first with
            {
                Metric = metric.Name,
                Protocol = root.TryGetProperty("protocols", out var protocols) && protocols.ValueKind == JsonValueKind.Object && protocols.TryGetProperty(metric.Name, out _) ? Text(protocols, metric.Name) : null,
                Trained = Number(metric.Value) ?? double.NaN,
                RandomInit = Baseline(baselines, "random_init", metric.Name),
                RawInput = Baseline(baselines, "raw_input", metric.Name),
                Chance = measured.TryGetProperty(metric.Name is "probe_accuracy" or "knn_accuracy" ? "majority_share" : metric.Name + ChanceEnding, out var chance) ? Number(chance) : null,
            };
            if ((row.RandomInit ?? row.RawInput ?? row.Chance) is not null)
                rows.Add(row);
        }

        return rows.Count > 0 ? rows : [first];
    }

    private static ResultRow Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var measured = Get(root, "evaluation", JsonValueKind.Object);
        var baselines = root.TryGetProperty("baselines", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;

        using var metrics = measured.EnumerateObject();
        if (!metrics.MoveNext())
            throw new InvalidDataException("'evaluation' is empty. Run the recipe without --no-evaluate.");

        var metric = metrics.Current;
        var commit = root.TryGetProperty("commit", out var known) && known.ValueKind == JsonValueKind.String ? known.GetString() : null;
        return new(
            Text(root, "system"), root.TryGetProperty("recipe", out _) ? Text(root, "recipe") : null,
            metric.Name, Number(metric.Value) ?? throw new InvalidDataException($"evaluation.{metric.Name} must be a number."),
            Baseline(baselines, "random_init", metric.Name), Baseline(baselines, "raw_input", metric.Name),
            Get(root, "steps", JsonValueKind.Number).GetInt64(), Get(root, "seconds", JsonValueKind.Number).GetDouble(),
            Get(root, "samples_per_second", JsonValueKind.Number).GetDouble(), Text(root, "machine"),
            Get(root, "seed", JsonValueKind.Number).GetInt64(), commit?.Length > CommitDigits ? commit[..CommitDigits] : commit,
            root.TryGetProperty("recipe_id", out _) ? Text(root, "recipe_id") : null);
    }

    private static double? Baseline(JsonElement baselines, string name, string metric) =>
        baselines.ValueKind == JsonValueKind.Object &&
        baselines.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object &&
        values.TryGetProperty(metric, out var value)
            ? Number(value)
            : null;

    // JSON has no word for what a diverged run measures; result files write it as text.
    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    // A bar would end the cell.
    private static string Text(JsonElement root, string name) => Get(root, name, JsonValueKind.String).GetString()!.Replace("|", "\\|", StringComparison.Ordinal);

    private static JsonElement Get(JsonElement root, string name, JsonValueKind kind) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new InvalidDataException($"'{name}' must be a JSON {kind.ToString().ToLowerInvariant()}.");
}
