using System.Security.Cryptography;
using System.Text;
using Selfsame.Training;

namespace Selfsame.Evaluation.Report;

/// <summary>
/// Makes <c>report.html</c> of a run: one file without links to others, under 10 MB, for screen, phone and paper. It reads the files of the run
/// folder alone, so that a report can be made again at any time, also of a run that isn't finished.
/// </summary>
public static class ReportBuilder
{
    private static readonly string[] Scripts = ["uPlot.iife.min.js", "report.js", "timeline.js", "map.js"], Styles = ["uPlot.min.css", "report.css", "figures.css"];

    /// <summary>Writes the report into the run folder.</summary>
    /// <param name="folder">The run folder.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static string Build(RunFolder folder)
    {
        AtomicFile.Write(folder.ReportPath, Html(folder));
        return folder.ReportPath;
    }

    /// <summary>The report as text.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static string Html(RunFolder folder)
    {
        if (!Directory.Exists(folder.Path))
            throw new DirectoryNotFoundException($"{folder.Path} is not there; a report needs the folder of a run.");
        var data = new ReportData(folder);
        var budget = new FileBudget();
        return Page(data.Result?.System ?? "Run", Path.GetFileName(folder.Path), page =>
        {
            ReportSections.Header(page, data);
            ReportSections.Metrics(page, data);
            ReportSections.Curves(page, data);
            ReportSamples.Write(page, data, budget);
            ReportMade.Write(page, folder, budget);
            ReportFigures.Write(page, data, budget);
            ReportSections.Settings(page, data);
            ReportSections.Environment(page, data);
            ReportSections.Quarantine(page, data);
            ReportSections.Command(page, data);
        });
    }

    /// <summary>A page with styles and scripts, which needs nothing outside itself.</summary>
    /// <param name="title">Title of the page.</param>
    /// <param name="subject">What it is about, behind the title.</param>
    /// <param name="body">Writes the content.</param>
    internal static string Page(string title, string subject, Action<HtmlPage> body)
    {
        var script = string.Join('\n', Scripts.Select(Asset));
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        var page = new HtmlPage();
        page.Add($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="Selfsame">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'sha256-
            """).AddTrusted(hash).Add($"""
            '">
            <title>{title} – {subject}</title>
            <style>
            """).AddTrusted("\n" + string.Concat(Styles.Select(Asset))).AddTrusted("</style>\n</head>\n<body>\n<main>\n");
        body(page);
        page.AddTrusted("</main>\n<script>").AddTrusted(script).AddTrusted("</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>A baseline as people read it.</summary>
    internal static string BaselineTitle(string name) => name switch
    {
        RunResult.RandomInit => "random weights",
        RunResult.RawInput => "raw input",
        _ => name.Replace('_', ' '),
    };

    internal static string Asset(string name)
    {
        using var stream = typeof(ReportBuilder).Assembly.GetManifestResourceStream("Selfsame.Report." + name)
            ?? throw new InvalidOperationException($"The library was built without {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // The page's own reader turns CR LF into LF before it checks the script's hash.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
