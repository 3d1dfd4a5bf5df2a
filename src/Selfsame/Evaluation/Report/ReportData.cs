using System.Text.Json;
using Selfsame.Evaluation.Gallery;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation.Report;

/// <summary>What a report is made of, read from the files of a run folder; what is missing or damaged is left out and noted.</summary>
internal sealed class ReportData
{
    private readonly List<string> _problems = [];

    internal ReportData(RunFolder folder)
    {
        Folder = folder;
        Result = Try(folder.ReadResult);
        Entries = WithEnd(Try(() => File.Exists(folder.MetricsPath) ? MetricsLog.Read(folder.MetricsPath).ToList() : null) ?? []);
        Recipe = Try(() => File.Exists(folder.RecipePath) ? File.ReadAllText(folder.RecipePath) : null);
        Origins = Try(() => ReadOrigins(folder.OriginsPath)) ?? [];
        Quarantine = Try(() => QuarantineSummary.Read(folder.QuarantinePath)) ?? QuarantineSummary.Empty;
        Samples = Try(folder.Samples) ?? [];
        Figures = Try(() => RunFigures.Read(folder));
        Settings = Recipe is null ? [] : SettingTable.Of(Recipe, Origins);
    }

    internal RunFolder Folder { get; }

    internal RunResult? Result { get; }

    internal IReadOnlyList<MetricsEntry> Entries { get; }

    internal string? Recipe { get; }

    internal IReadOnlyList<KeyValuePair<string, string>> Origins { get; }

    internal QuarantineSummary Quarantine { get; }

    internal IReadOnlyList<RunSample> Samples { get; }

    internal FigureSet? Figures { get; }

    internal IReadOnlyList<SettingRow> Settings { get; }

    /// <summary>Files that could not be read, each with the reason.</summary>
    internal IReadOnlyList<string> Problems => _problems;

    // The evaluation at the end is in the result alone; curves of what was evaluated on the way end with it.
    private List<MetricsEntry> WithEnd(List<MetricsEntry> entries)
    {
        if (Result is not { } result)
            return entries;
        var curves = entries.SelectMany(entry => entry.Metrics).Select(metric => metric.Name).ToHashSet();
        var last = result.Evaluation.Where(metric => curves.Contains(metric.Key)).Select(metric => new Metric(metric.Key, metric.Value)).ToArray();
        if (last.Length > 0)
            entries.Add(new MetricsEntry(result.Steps, result.Samples, result.Seconds, last));
        return entries;
    }

    private T? Try<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            _problems.Add(e.Message);
            return null;
        }
    }

    private static List<KeyValuePair<string, string>>? ReadOrigins(string path)
    {
        if (!File.Exists(path))
            return null;
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{path} is not an object of settings and their origins.");
        return [.. json.RootElement.EnumerateObject().Select(origin => KeyValuePair.Create(origin.Name, origin.Value.ToString()))];
    }
}

/// <summary>What was skipped, by reason.</summary>
/// <param name="Total">Samples skipped.</param>
/// <param name="Reasons">Reasons, the commonest first, each with its count and a few samples.</param>
internal sealed record QuarantineSummary(int Total, IReadOnlyList<(string Reason, int Count, IReadOnlyList<string> Samples)> Reasons)
{
    private const int SamplesShown = 3;

    internal static QuarantineSummary Empty { get; } = new(0, []);

    internal static QuarantineSummary Read(string path)
    {
        if (!File.Exists(path))
            return Empty;
        var reasons = new Dictionary<string, (int Count, List<string> Samples)>();
        var total = 0;
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            total++;
            var (reason, sample) = Parse(line);
            var (count, samples) = reasons.GetValueOrDefault(reason, (0, []));
            if (samples.Count < SamplesShown && sample.Length > 0)
                samples.Add(sample);
            reasons[reason] = (count + 1, samples);
        }
        return new(total, [.. reasons.OrderByDescending(reason => reason.Value.Count).ThenBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => (reason.Key, reason.Value.Count, (IReadOnlyList<string>)reason.Value.Samples))]);
    }

    private static (string Reason, string Sample) Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (Text(json.RootElement, "reason", "error", "message") ?? "no reason given", Text(json.RootElement, "sample", "key", "path", "file") ?? "")
                : ("no reason given", line);
        }
        catch (JsonException)
        {
            return ("line cut or damaged", line);
        }
    }

    private static string? Text(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (entry.TryGetProperty(name, out var value))
                return value.ToString();
        }
        return null;
    }
}
