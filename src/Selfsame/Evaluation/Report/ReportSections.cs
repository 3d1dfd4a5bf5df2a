using System.Globalization;
using Selfsame.Recipes;
using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Evaluation.Report;

/// <summary>The sections of a report, one method each; a section without content says so rather than vanish.</summary>
internal static class ReportSections
{
    private const int QuarantineReasonsShown = 20;

    internal static void Header(HtmlPage page, ReportData data)
    {
        var result = data.Result;
        page.Add($"<header id=\"summary\">\n<p class=\"eyebrow\">Selfsame training report · {Path.GetFileName(data.Folder.Path)}</p>\n<h1>{result?.System ?? "Unfinished run"}</h1>\n");
        if (result?.Paper is { } paper)
        {
            page.AddTrusted("<p class=\"paper\">");
            AddLinked(page, paper);
            page.AddTrusted("</p>\n");
        }

        var verdict = result is not null ? RunVerdict.Of(result) : data.Entries is [.., var last]
            ? new(VerdictKind.Unknown, "Not finished", $"The log ends at step {HumanText.Count(last.Step)}. The same command goes on from the last checkpoint.")
            : new(VerdictKind.Unknown, "Not finished", "Nothing was logged yet.");
        page.Add($"<div class=\"verdict {verdict.Kind.ToString().ToLowerInvariant()}\"><strong>{verdict.Title}</strong><span>{verdict.Text}</span></div>\n");
        if (verdict.Lines.Count > 0)
        {
            page.AddTrusted("<ul class=\"findings\">\n");
            foreach (var line in verdict.Lines)
                page.Add($"<li>{line}</li>\n");
            page.AddTrusted("</ul>\n");
        }
        foreach (var problem in data.Problems)
            page.Add($"<div class=\"verdict problem\"><strong>Left out</strong><span>{problem}</span></div>\n");

        if (result is not null)
        {
            page.AddTrusted("<dl class=\"facts\">\n");
            Fact("steps", HumanText.Count(result.Steps));
            Fact("samples", HumanText.Count(result.Samples));
            Fact("time", HumanText.Duration(TimeSpan.FromSeconds(result.Seconds)));
            Fact("samples a second", HumanText.Rate(result.SamplesPerSecond));
            Fact("final loss", HumanText.Value(result.FinalLoss));
            Fact("seed", result.Seed.ToString(CultureInfo.InvariantCulture));
            Fact("started", result.Started.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
            page.AddTrusted("</dl>\n");
        }
        page.AddTrusted("</header>\n");

        void Fact(string name, string value) => page.Add($"<div><dt>{name}</dt><dd>{value}</dd></div>\n");
    }

    internal static void Metrics(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"metrics\">\n<h2>Metrics against baselines</h2>\n");
        if (data.Result is not { Evaluation.Count: > 0 } result)
        {
            page.AddTrusted("<p class=\"none\">Nothing was evaluated.</p>\n</section>\n");
            return;
        }
        page.AddTrusted("""
            <p class="lead"><b>Random weights</b> is the same network before training; <b>raw input</b> is the data itself used as features. The best of each row is marked.</p>
            <div class="scroll"><table class="metrics">
            <thead><tr><th scope="col">Metric</th><th scope="col">Trained</th><th scope="col">Random weights</th><th scope="col">Raw input</th><th scope="col" class="wide">Compared</th></tr></thead>
            <tbody>

            """);
        foreach (var metric in MetricComparison.Of(result))
        {
            var direction = metric.Direction switch { MetricDirection.Higher => "higher is better", MetricDirection.Lower => "lower is better", _ => "for information" };
            page.AddTrusted("<tr><th scope=\"row\">").AddName(metric.Name).Add($"<small>{direction}</small>");
            if (result.Protocols?.TryGetValue(metric.Name, out var protocol) == true)
                page.Add($"<small class=\"protocol\">{protocol}</small>");
            page.AddTrusted("</th>");
            Cell("trained", metric.Trained);
            Cell(RunResult.RandomInit, metric.RandomInit);
            Cell(RunResult.RawInput, metric.RawInput);

            double[] sizes = [metric.Trained, metric.RandomInit ?? 0, metric.RawInput ?? 0];
            var full = sizes.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
            page.AddTrusted("<td class=\"bars\" aria-hidden=\"true\">");
            Bar("trained", metric.Trained);
            Bar("random", metric.RandomInit);
            Bar("raw", metric.RawInput);
            page.AddTrusted("</td></tr>\n");

            void Cell(string name, double? value)
            {
                if (value is not { } number)
                    page.AddTrusted("<td class=\"missing\">–</td>");
                else if (metric.Winner == name)
                    page.Add($"<td class=\"best\"><b>{HumanText.Value(number)}</b></td>");
                else
                    page.Add($"<td>{HumanText.Value(number)}</td>");
            }

            void Bar(string kind, double? value)
            {
                if (value is not { } number || !double.IsFinite(number) || full == 0)
                    return;
                var width = (Math.Abs(number) / full * 100).ToString("0.#", CultureInfo.InvariantCulture);
                page.Add($"<i class=\"{kind}\" style=\"width:{width}%\"></i>");
            }
        }
        page.AddTrusted("</tbody>\n</table></div>\n<p class=\"legend\"><i class=\"trained\"></i> trained <i class=\"random\"></i> random weights <i class=\"raw\"></i> raw input</p>\n</section>\n");
    }

    internal static void Curves(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"curves\">\n<h2>Curves</h2>\n");
        var charts = ReportCurves.Of(data);
        if (charts.Count == 0)
        {
            page.AddTrusted("<p class=\"none\">Nothing was logged.</p>\n</section>\n");
            return;
        }
        page.AddTrusted("<noscript><p class=\"note\">The curves need JavaScript; the values are in metrics.jsonl.</p></noscript>\n");
        Charts(page, charts);
        page.AddTrusted("</section>\n");
    }

    /// <summary>Charts side by side, with their values for the page's script.</summary>
    internal static void Charts(HtmlPage page, IReadOnlyList<Chart> charts)
    {
        page.AddTrusted("<div class=\"charts\">\n");
        foreach (var chart in charts)
        {
            page.Add($"<figure class=\"chart\"><figcaption>{chart.Title}");
            if (chart.NotFinite > 0)
                page.Add($"<small>not finite: {chart.NotFinite}</small>");
            page.Add($"</figcaption><div class=\"plot\" role=\"img\" aria-label=\"{Spoken(chart)}\"></div></figure>\n");
        }
        page.AddTrusted("</div>\n<script type=\"application/json\" class=\"charts-data\">").AddTrusted(ReportCurves.ToJson(charts)).AddTrusted("</script>\n");
    }

    // What a chart shows, for those who can't see it: where each line starts and ends.
    private static string Spoken(Chart chart)
    {
        var lines = chart.Names.Select((name, i) => (Name: name, Known: chart.Values[i].OfType<double>().ToArray())).Where(line => line.Known.Length > 0)
            .Select(line => $"{line.Name} from {HumanText.Value(line.Known[0])} to {HumanText.Value(line.Known[^1])}");
        return $"Curve of {chart.Title} over {chart.Axis ?? "steps"}: {string.Join("; ", lines)}";
    }

    internal static void Settings(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"settings\">\n<h2>Settings</h2>\n");
        var given = data.Settings.Where(row => row.Kind != OriginKind.Default).ToArray();
        var defaults = data.Settings.Where(row => row.Kind == OriginKind.Default).ToArray();
        if (given.Length > 0)
            Rows(given);
        if (defaults.Length > 0)
        {
            page.Add($"<details><summary>Defaults: {defaults.Length} further settings</summary>\n");
            Rows(defaults);
            page.AddTrusted("</details>\n");
        }
        if (data.Recipe is { } recipe)
            page.Add($"<details><summary>recipe.yaml, resolved</summary><pre>{recipe}</pre></details>\n");
        else
            page.AddTrusted("<p class=\"none\">The folder holds no recipe.yaml.</p>\n");
        page.AddTrusted("</section>\n");

        void Rows(IReadOnlyList<SettingRow> rows)
        {
            page.AddTrusted("<div class=\"scroll\"><table class=\"settings\">\n<thead><tr><th scope=\"col\">Setting</th><th scope=\"col\">Value</th><th scope=\"col\">Source</th></tr></thead>\n<tbody>\n");
            foreach (var row in rows)
            {
                page.AddTrusted("<tr><th scope=\"row\"><code>").AddName(row.Key)
                    .Add($"</code></th><td><code>{row.Value}</code></td><td class=\"{row.Kind.ToString().ToLowerInvariant()}\">{SourceOf(row)}</td></tr>\n");
            }
            page.AddTrusted("</tbody>\n</table></div>\n");
        }

        static string SourceOf(SettingRow row) => row.Kind switch
        {
            OriginKind.Flag => $"flag: {row.Source}",
            OriginKind.Environment => $"environment: {row.Source}",
            OriginKind.Recipe => $"recipe: {row.Source}",
            _ => "default",
        };
    }

    internal static void Environment(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"environment\">\n<h2>Environment</h2>\n");
        if (data.Result is not { } result)
        {
            page.AddTrusted("<p class=\"none\">Known once the run is finished.</p>\n</section>\n");
            return;
        }
        var environment = result.Environment;
        page.AddTrusted("<div class=\"scroll\"><table class=\"pairs\">\n<tbody>\n");
        Row("Machine", result.Machine);
        Row("System", environment.Os);
        Row("Processor", environment.Cpu);
        Row("Instructions", environment.CpuFeatures.Count > 0 ? string.Join(", ", environment.CpuFeatures) : "not known");
        Row("Logical processors", environment.Cores.ToString(CultureInfo.InvariantCulture));
        Row("Memory", HumanText.Bytes(environment.MemoryBytes));
        Row(".NET", environment.Dotnet);
        foreach (var (name, version) in environment.Libraries)
            Row(name, version);
        Row("Selfsame", result.Commit is null ? result.Version : $"{result.Version}, commit {result.Commit}");
        if (environment.Commit is { } commit)
            Row("Started in a work tree at", commit);
        page.AddTrusted("</tbody>\n</table></div>\n</section>\n");

        void Row(string name, string value) => page.Add($"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>\n");
    }

    internal static void Quarantine(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"quarantine\">\n<h2>Skipped samples</h2>\n");
        var (total, reasons) = data.Quarantine;
        if (total == 0)
        {
            page.AddTrusted("<p class=\"none\">Every sample could be read.</p>\n</section>\n");
            return;
        }
        page.Add($"<p class=\"lead\">Samples that could not be used: {HumanText.Count(total)}. All are listed in quarantine.jsonl.</p>\n");
        page.AddTrusted("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Reason</th><th scope=\"col\">Count</th><th scope=\"col\">For example</th></tr></thead>\n<tbody>\n");
        foreach (var (reason, count, samples) in reasons.Take(QuarantineReasonsShown))
            page.Add($"<tr><th scope=\"row\">{reason}</th><td class=\"number\">{HumanText.Count(count)}</td><td><code>{string.Join(", ", samples)}</code></td></tr>\n");
        page.AddTrusted("</tbody>\n</table></div>\n");
        if (reasons.Count > QuarantineReasonsShown)
            page.Add($"<p class=\"note\">Further reasons: {reasons.Count - QuarantineReasonsShown}.</p>\n");
        page.AddTrusted("</section>\n");
    }

    internal static void Command(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"command\">\n<h2>Command</h2>\n");
        if (data.Result is { } result)
            page.Add($"<pre class=\"command\">{result.Command}</pre>\n");
        else
            page.AddTrusted("<p class=\"none\">Known once the run is finished.</p>\n");
        page.AddTrusted("</section>\n");
    }

    // Only https links, and only up to the next blank: nothing else of the text can become an address.
    private static void AddLinked(HtmlPage page, string text)
    {
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (i > 0)
                page.AddTrusted(" ");
            if (word.StartsWith("https://", StringComparison.Ordinal))
                page.Add($"<a href=\"{word.TrimEnd('.', ',')}\" rel=\"noreferrer\">{word}</a>");
            else
                page.Add($"{word}");
        }
    }
}
