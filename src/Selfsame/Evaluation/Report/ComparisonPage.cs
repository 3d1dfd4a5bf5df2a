using System.Globalization;
using Selfsame.Training.Progress;

namespace Selfsame.Evaluation.Report;

/// <summary>Makes the page of a <see cref="RunComparison"/>: one file without links to others, for screen, phone and paper.</summary>
public static class ComparisonPage
{
    private const int Colours = 8;

    /// <summary>The page as text.</summary>
    /// <param name="comparison">The runs.</param>
    public static string Html(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var title = $"{comparison.Runs.Count} runs";
        return ReportBuilder.Page("Comparison", title, page =>
        {
            Header(page, comparison);
            Metrics(page, comparison);
            Settings(page, comparison);
            Curves(page, comparison);
            Samples(page, comparison, new FileBudget());
            Runs(page, comparison);
        });
    }

    private static void Header(HtmlPage page, RunComparison comparison)
    {
        page.Add($"<header id=\"summary\">\n<p class=\"eyebrow\">Selfsame comparison</p>\n<h1>{comparison.Runs.Count} runs side by side</h1>\n<ul class=\"runs\">\n");
        for (var i = 0; i < comparison.Runs.Count; i++)
        {
            page.AddTrusted("<li>");
            Mark(page, i);
            page.Add($"<b>{comparison.Runs[i].Name}</b> {comparison.Runs[i].System}, {RunVerdict.Of(comparison.Data[i].Result!).Title}</li>\n");
        }

        page.AddTrusted("</ul>\n");
        if (comparison.OnlySeedDiffers)
            page.Add($"<div class=\"verdict unknown\"><strong>Only the seed differs</strong><span>The spread over these runs is that of chance: mean ± standard deviation of {comparison.Runs.Count} seeds.</span></div>\n");
        foreach (var problem in comparison.Data.SelectMany(run => run.Problems))
            page.Add($"<div class=\"verdict problem\"><strong>Left out</strong><span>{problem}</span></div>\n");
        page.AddTrusted("</header>\n");
    }

    private static void Metrics(HtmlPage page, RunComparison comparison)
    {
        page.AddTrusted("<section id=\"metrics\">\n<h2>Metrics</h2>\n");
        if (comparison.Metrics.Count == 0)
        {
            page.AddTrusted("<p class=\"none\">None of the runs was evaluated.</p>\n</section>\n");
            return;
        }

        page.AddTrusted(comparison.OnlySeedDiffers
            ? "<p class=\"lead\">Below each metric, the same without training.</p>\n"
            : "<p class=\"lead\">Below each value, its difference to the first run; below each metric, the same without training.</p>\n");
        page.AddTrusted("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Metrics\"><table class=\"compared\">\n<thead><tr><th scope=\"col\">Metric</th>");
        if (comparison.OnlySeedDiffers)
            page.AddTrusted("<th scope=\"col\">Mean ± deviation</th>");
        foreach (var run in comparison.Runs)
            page.Add($"<th scope=\"col\">{run.Name}</th>");
        page.AddTrusted("</tr></thead>\n<tbody>\n");
        foreach (var metric in comparison.Metrics)
            Metric(page, comparison, metric);
        page.AddTrusted("</tbody>\n</table></div>\n</section>\n");
    }

    private static void Metric(HtmlPage page, RunComparison comparison, ComparedMetric metric)
    {
        page.AddTrusted("<tr><th scope=\"row\">").AddName(metric.Name).Add($"<small>{(metric.Better == "none" ? "for information" : metric.Better + " is better")}</small></th>");
        if (comparison.OnlySeedDiffers)
            page.Add($"<td><b>{Shown(metric.Mean)}</b>{(metric.Deviation is { } deviation ? " ± " + HumanText.Value(deviation) : "")}</td>");
        for (var i = 0; i < metric.Values.Count; i++)
        {
            page.Add($"<td>{Shown(metric.Values[i])}");
            if (!comparison.OnlySeedDiffers && i > 0 && metric.Differences[i] is { } difference)
                page.Add($"<small class=\"{Side(metric.Better, difference)}\">{Signed(difference)}</small>");
            page.AddTrusted("</td>");
        }

        page.AddTrusted("</tr>\n");
        foreach (var (baseline, values) in metric.Baselines)
        {
            page.Add($"<tr class=\"baseline\"><th scope=\"row\">{ReportBuilder.BaselineTitle(baseline)}</th>");
            if (comparison.OnlySeedDiffers)
                page.Add($"<td>{Shown(values.Average())}</td>");
            foreach (var value in values)
                page.Add($"<td>{Shown(value)}</td>");
            page.AddTrusted("</tr>\n");
        }
    }

    private static void Settings(HtmlPage page, RunComparison comparison)
    {
        page.AddTrusted("<section id=\"settings\">\n<h2>Settings that differ</h2>\n");
        if (comparison.Settings.Count == 0)
            page.AddTrusted("<p class=\"none\">All settings are the same.</p>\n");
        else
            Table(page, comparison, "Setting", comparison.Settings.Select(setting => (setting.Key, setting.Values)));
        page.AddTrusted("</section>\n");
    }

    private static void Curves(HtmlPage page, RunComparison comparison)
    {
        page.AddTrusted("<section id=\"curves\">\n<h2>Curves</h2>\n");
        var charts = ReportCurves.Overlaid([.. comparison.Runs.Select((run, i) => (run.Name, comparison.Data[i]))]);
        if (charts.Count > 0)
            ReportSections.Charts(page, charts);
        else
            page.AddTrusted("<p class=\"none\">Nothing was logged.</p>\n");
        page.AddTrusted("</section>\n");
    }

    private static void Samples(HtmlPage page, RunComparison comparison, FileBudget budget)
    {
        page.AddTrusted("<section id=\"samples\">\n<h2>Samples at the end</h2>\n");
        var kinds = comparison.Data.SelectMany(run => run.Samples.Select(sample => sample.Name)).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (kinds.Length == 0)
            page.AddTrusted("<p class=\"none\">No pictures were made during these runs.</p>\n");
        foreach (var kind in kinds)
        {
            page.Add($"<h3>{ReportSamples.Title(kind)}</h3>\n<div class=\"side\">\n");
            for (var i = 0; i < comparison.Runs.Count; i++)
            {
                if (comparison.Data[i].Samples.LastOrDefault(sample => sample.Name == kind) is not { } last || !ReportSamples.IsPng(last) || budget.Read(last.Path) is not { } png)
                    continue;
                page.Add($"<figure><img alt=\"{kind} of {comparison.Runs[i].Name}\" src=\"data:image/png;base64,").AddTrusted(Convert.ToBase64String(png)).AddTrusted("\"><figcaption>");
                Mark(page, i);
                page.Add($"{comparison.Runs[i].Name}, step {HumanText.Count(last.Step)}</figcaption></figure>\n");
            }

            page.AddTrusted("</div>\n");
        }

        page.AddTrusted("</section>\n");
    }

    private static void Runs(HtmlPage page, RunComparison comparison)
    {
        page.AddTrusted("<section id=\"runs\">\n<h2>Runs</h2>\n");
        Table(page, comparison, "",
        [
            ("Folder", Each(run => run.Path)),
            ("Steps", Each(run => HumanText.Count(run.Steps))),
            ("Time", Each(run => HumanText.Duration(TimeSpan.FromSeconds(run.Seconds)))),
            ("Samples a second", Each(run => HumanText.Rate(run.SamplesPerSecond))),
            ("Final loss", Each(run => HumanText.Value(run.FinalLoss))),
            ("Seed", Each(run => run.Seed.ToString(CultureInfo.InvariantCulture))),
            ("Machine", Each(run => run.Machine)),
            ("Commit", Each(run => run.Commit)),
        ]);
        page.AddTrusted("</section>\n");

        IReadOnlyList<string?> Each(Func<ComparedRun, string?> value) => [.. comparison.Runs.Select(value)];
    }

    private static void Table(HtmlPage page, RunComparison comparison, string heading, IEnumerable<(string Key, IReadOnlyList<string?> Values)> rows)
    {
        page.Add($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>\n<thead><tr><th scope=\"col\">{heading}</th>");
        foreach (var run in comparison.Runs)
            page.Add($"<th scope=\"col\">{run.Name}</th>");
        page.AddTrusted("</tr></thead>\n<tbody>\n");
        foreach (var (key, values) in rows)
        {
            page.AddTrusted("<tr><th scope=\"row\">").AddName(key).AddTrusted("</th>");
            foreach (var value in values)
                page.Add($"<td>{value ?? "–"}</td>");
            page.AddTrusted("</tr>\n");
        }

        page.AddTrusted("</tbody>\n</table></div>\n");
    }

    private static void Mark(HtmlPage page, int run) => page.Add($"<i style=\"background:var(--c{run % Colours})\"></i>");

    private static string Shown(double? value) => value is { } number ? HumanText.Value(number) : "–";

    private static string Signed(double difference) => difference == 0 ? "the same" : (difference >= 0 ? "+" : "−") + HumanText.Value(Math.Abs(difference));

    private static string Side(string better, double difference) =>
        difference == 0 || better == "none" ? "" : difference > 0 == (better == "higher") ? "better" : "worse";
}
