using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Evaluation.Report;
using Selfsame.Training.Progress;

namespace Selfsame.Training.Sweeps;

/// <summary>How one run of a sweep ended.</summary>
/// <param name="Folder">Its folder, below that of the sweep.</param>
/// <param name="Settings">Value of each axis.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="State"><c>done</c>, <c>failed</c> or <c>waiting</c>.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
/// <param name="Metrics">What was measured, <c>final_loss</c> among it.</param>
public sealed record SweepOutcome(
    string Folder, IReadOnlyDictionary<string, string> Settings, ulong Seed, string State, string? Error, IReadOnlyDictionary<string, double> Metrics);

/// <summary>One combination of settings, over its seeds.</summary>
/// <param name="Rank">From 1; null where nothing was measured.</param>
/// <param name="Settings">Value of each axis.</param>
/// <param name="Mean">Mean of the ranked metric over the seeds that are done.</param>
/// <param name="Deviation">Its standard deviation over seeds, with n - 1; null for a single seed.</param>
/// <param name="Done">Seeds that are done.</param>
/// <param name="Failed">Seeds that failed.</param>
public sealed record SweepRow(int? Rank, IReadOnlyDictionary<string, string> Settings, double? Mean, double? Deviation, int Done, int Failed);

/// <summary>The outcome of a sweep, kept as <c>sweep.json</c>, <c>sweep.md</c> and <c>sweep.html</c>.</summary>
/// <param name="Metric">What rows are ranked by.</param>
/// <param name="Better"><c>higher</c> or <c>lower</c>.</param>
/// <param name="Rows">Best first; those without a value last.</param>
/// <param name="Runs">Every run, in the order of the grid.</param>
public sealed record SweepReport(string Metric, string Better, IReadOnlyList<SweepRow> Rows, IReadOnlyList<SweepOutcome> Runs)
{
    private static readonly string[] Usual = ["probe_accuracy", "knn_accuracy"];

    internal const string FinalLoss = "final_loss", Speed = "samples_per_second";

    /// <summary>Ranks the runs.</summary>
    /// <param name="runs">Every run.</param>
    /// <param name="metric">What to rank by; null: the first of probe_accuracy, knn_accuracy that was measured, else the first metric, else the final loss.</param>
    public static SweepReport Of(IReadOnlyList<SweepOutcome> runs, string? metric = null)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var known = runs.SelectMany(run => run.Metrics.Keys).Distinct(StringComparer.Ordinal).ToList();
        metric ??= Usual.FirstOrDefault(known.Contains) ?? known.FirstOrDefault(name => name is not (FinalLoss or Speed)) ?? FinalLoss;
        var lower = MetricComparison.DirectionOf(metric) == MetricDirection.Lower || metric == "swd";
        var rows = new List<SweepRow>();
        foreach (var group in runs.GroupBy(run => string.Join('\n', run.Settings.Select(s => $"{s.Key}={s.Value}"))))
        {
            var values = group.Where(run => run.Metrics.TryGetValue(metric, out var value) && double.IsFinite(value)).Select(run => run.Metrics[metric]).ToArray();
            var mean = values.Length > 0 ? values.Average() : (double?)null;
            var deviation = values.Length > 1 ? Math.Sqrt(values.Sum(v => (v - mean!.Value) * (v - mean.Value)) / (values.Length - 1)) : (double?)null;
            rows.Add(new SweepRow(null, group.First().Settings, mean, deviation, group.Count(run => run.State == "done"), group.Count(run => run.State == "failed")));
        }

        var ranked = rows.OrderBy(row => row.Mean is null).ThenBy(row => lower ? row.Mean : -row.Mean).Select((row, k) => row.Mean is null ? row : row with { Rank = k + 1 }).ToList();
        return new SweepReport(metric, lower ? "lower" : "higher", ranked, runs);
    }

    /// <summary>Mean and deviation of a row: <c>0.7312 ± 0.0041</c>.</summary>
    public static string Text(SweepRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Mean is not { } mean ? "–" : row.Deviation is { } deviation ? $"{HumanText.Value(mean)} ± {HumanText.Value(deviation)}" : HumanText.Value(mean);
    }

    /// <summary>The table in Markdown.</summary>
    public string ToMarkdown()
    {
        var names = Names();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| # | {string.Concat(names.Select(n => $"{Cell(n)} | "))}{Cell(Metric)} ({Better} is better) | Seeds | Failed |\n");
        text.Append(CultureInfo.InvariantCulture, $"|--:|{string.Concat(names.Select(_ => "---|"))}--:|--:|--:|\n");
        foreach (var row in Rows)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Rank} | {string.Concat(names.Select(n => $"{Cell(row.Settings[n])} | "))}{Text(row)} | {row.Done} | {row.Failed} |\n");
        foreach (var run in Runs.Where(run => run.Error is not null))
            text.Append(CultureInfo.InvariantCulture, $"\n* `{run.Folder}` failed: {run.Error!.ReplaceLineEndings(" ")}\n");
        return text.ToString();
    }

    /// <summary>The table as a page.</summary>
    public string ToHtml()
    {
        var names = Names();
        var page = new HtmlPage().AddTrusted("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Sweep</title><style>" +
            "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse}th,td{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #8884}" +
            "td.n{text-align:right;font-variant-numeric:tabular-nums}:root{color-scheme:light dark}</style><h1>Sweep</h1>");
        page.Add($"<p>Ranked by {Metric}; {Better} is better. Mean ± standard deviation over seeds.</p><table><tr><th>#</th>");
        foreach (var name in names)
            page.Add($"<th>{name}</th>");
        page.Add($"<th>{Metric}</th><th>seeds</th><th>failed</th></tr>");
        foreach (var row in Rows)
        {
            page.Add($"<tr><td class=n>{row.Rank?.ToString(CultureInfo.InvariantCulture)}</td>");
            foreach (var name in names)
                page.Add($"<td>{row.Settings[name]}</td>");
            page.Add($"<td class=n>{Text(row)}</td><td class=n>{row.Done}</td><td class=n>{row.Failed}</td></tr>");
        }

        page.AddTrusted("</table><h2>Runs</h2><ul>");
        foreach (var run in Runs)
        {
            var report = string.Join('/', run.Folder.Split('/', '\\').Select(Uri.EscapeDataString)) + "/report.html";
            if (run.State == "done")
                page.Add($"<li><a href=\"{report}\">{run.Folder}</a></li>");
            else
                page.Add($"<li>{run.Folder}: {run.State}{(run.Error is null ? "" : $": {run.Error}")}</li>");
        }

        return page.AddTrusted("</ul></html>\n").ToString();
    }

    /// <summary>The content of <c>sweep.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SweepJson.Default.SweepReport) + "\n";

    /// <summary>Writes all three files into the folder of the sweep.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "sweep.json"), ToJson());
        AtomicFile.Write(Path.Combine(folder, "sweep.md"), ToMarkdown());
        AtomicFile.Write(Path.Combine(folder, "sweep.html"), ToHtml());
    }

    private List<string> Names() => [.. Runs.SelectMany(run => run.Settings.Keys).Distinct(StringComparer.Ordinal)];

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}

/// <summary>How a sweep is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NewLine = "\n",
    WriteIndented = true)]
[JsonSerializable(typeof(SweepReport))]
internal sealed partial class SweepJson : JsonSerializerContext;
