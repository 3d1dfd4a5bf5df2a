using System.Globalization;
using Selfsame.Evaluation.Report;
using Selfsame.Training.Progress;

namespace Selfsame.Data.Checking;

/// <summary>Makes <c>data-check.html</c>: a check to look at, in one file without links to others, for screen, phone and paper.</summary>
public static class DataCheckPage
{
    private const int Examples = 32, GroupsShown = 40, MembersShown = 8, LeaksShown = 40, NotesShown = 100, EmptyShown = 16;

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <param name="report">What was found.</param>
    /// <param name="data">The data that was checked, for its pictures.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, DataCheckReport report, DataSet data) => AtomicFile.Write(path, Html(report, data));

    /// <summary>The page as text.</summary>
    /// <inheritdoc cref="Write"/>
    public static string Html(DataCheckReport report, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(data);
        var page = new HtmlPage();
        page.Add($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="Selfsame">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <title>Data check – {report.Source}</title>
            <style>
            """).AddTrusted("\n" + ReportBuilder.Asset("report.css") + ReportBuilder.Asset("data-check.css")).AddTrusted("</style>\n</head>\n<body>\n<main>\n");
        var pictures = new CheckPictures(page, data);
        Header(page, report);
        Shapes(page, report);
        Classes(page, report);
        page.AddTrusted("<section id=\"examples\">\n<h2>Examples</h2>\n<p class=\"lead\">Spread evenly over the data, as training sees them.</p>\n<div class=\"wall\">\n");
        var shown = Math.Min(Examples, data.Count);
        for (var k = 0; k < shown; k++)
            pictures.Add(data.Key((int)((long)k * data.Count / shown)), null, null, null);
        page.AddTrusted("</div>\n</section>\n");
        Leaks(page, report, pictures);
        Duplicates(page, report, pictures);
        Empty(page, report, pictures);
        Broken(page, report);
        page.AddTrusted("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Header(HtmlPage page, DataCheckReport report)
    {
        page.Add($"<header id=\"summary\">\n<p class=\"eyebrow\">Selfsame data check</p>\n<h1>{report.Source}</h1>\n<ul class=\"advice\">\n");
        foreach (var sentence in report.Advice)
            page.Add($"<li>{sentence}</li>\n");
        page.AddTrusted("</ul>\n<dl class=\"facts\">\n");
        Fact("samples", HumanText.Count(report.Samples));
        Fact("groups", HumanText.Count(report.Groups));
        Fact("train / validation / test", $"{HumanText.Count(report.Parts.Train)} / {HumanText.Count(report.Parts.Validation)} / {HumanText.Count(report.Parts.Test)}");
        Fact("broken", HumanText.Count(report.Broken.Count));
        Fact("empty", HumanText.Count(report.Empty.Count));
        Fact("exact copies", HumanText.Count(report.ExactCopies));
        Fact("near copies", HumanText.Count(report.NearCopies));
        Fact("leaks", HumanText.Count(report.Leaks.Count));
        if (report.Excluded > 0)
            Fact("excluded before", HumanText.Count(report.Excluded));
        Fact("decoded a second and core", HumanText.Rate(report.DecodedPerSecondPerCore));
        page.AddTrusted("</dl>\n</header>\n");

        void Fact(string name, string value) => page.Add($"<div><dt>{name}</dt><dd>{value}</dd></div>\n");
    }

    private static void Shapes(HtmlPage page, DataCheckReport report)
    {
        page.AddTrusted("<section id=\"shapes\">\n<h2>Sizes and colours</h2>\n");
        if (report.Sizes is not { } sizes)
        {
            page.AddTrusted("<p class=\"none\">No sample could be read.</p>\n</section>\n");
            return;
        }
        page.AddTrusted("<div class=\"columns\">\n<div><h3>Longest side, pixels</h3>\n");
        Bins(page, sizes.LongestSide);
        page.AddTrusted("</div>\n<div><h3>Format</h3>\n");
        Bins(page, report.Formats);
        page.AddTrusted("<h3>Colour</h3>\n");
        Bins(page, [.. report.Modes, new("with alpha", report.WithAlpha), new("transparent", report.Transparent), new("animated", report.Animated)], report.Samples);
        page.AddTrusted("</div>\n</div>\n<div class=\"scroll\"><table class=\"metrics\">\n<thead><tr><th scope=\"col\"></th><th scope=\"col\">least</th><th scope=\"col\">5 %</th><th scope=\"col\">median</th><th scope=\"col\">95 %</th><th scope=\"col\">most</th></tr></thead>\n<tbody>\n");
        Row("width", sizes.Width, HumanText.Count);
        Row("height", sizes.Height, HumanText.Count);
        if (report.FileBytes is { } bytes)
            Row("file", bytes, HumanText.Bytes);
        if (report.Seconds is { } seconds)
            Row("seconds", seconds, HumanText.Value);
        page.Add($"</tbody>\n</table></div>\n<p class=\"note\">Smallest: {sizes.Smallest}. Largest: {sizes.Largest}.</p>\n<div class=\"scroll\"><table class=\"metrics\">\n<thead><tr><th scope=\"col\">Channel, 0 to 1</th><th scope=\"col\">mean</th><th scope=\"col\">std</th></tr></thead>\n<tbody>\n");
        foreach (var channel in report.Channels)
            page.Add($"<tr><th scope=\"row\">{channel.Name}</th><td>{channel.Mean.ToString("0.0000", CultureInfo.InvariantCulture)}</td><td>{channel.Std.ToString("0.0000", CultureInfo.InvariantCulture)}</td></tr>\n");
        page.AddTrusted("</tbody>\n</table></div>\n</section>\n");

        void Row(string name, Spread spread, Func<double, string> text) => page.Add(
            $"<tr><th scope=\"row\">{name}</th><td>{text(spread.Least)}</td><td>{text(spread.Low)}</td><td>{text(spread.Median)}</td><td>{text(spread.High)}</td><td>{text(spread.Most)}</td></tr>\n");
    }

    private static void Classes(HtmlPage page, DataCheckReport report)
    {
        page.AddTrusted("<section id=\"classes\">\n<h2>Classes</h2>\n");
        if (report.Labels.Count == 0)
            page.AddTrusted("<p class=\"none\">No column sorts the samples into classes.</p>\n");
        page.AddTrusted("<div class=\"columns\">\n");
        foreach (var balance in report.Labels)
        {
            page.Add($"<div><h3>{balance.Column}</h3>\n<p class=\"note\">{HumanText.Count(balance.Classes)} classes; the largest has {HumanText.Percent(balance.MajorityShare)}; entropy {balance.EntropyBits.ToString("0.00", CultureInfo.InvariantCulture)} bits, {HumanText.Percent(balance.Evenness)} of even");
            if (balance.Unlabelled > 0)
                page.Add($"; {HumanText.Count(balance.Unlabelled)} without a value");
            page.AddTrusted(".</p>\n");
            var rest = report.Samples - balance.Unlabelled - balance.Largest.Sum(count => count.Count);
            Bins(page, rest > 0 ? [.. balance.Largest, new($"{HumanText.Count(balance.Classes - balance.Largest.Count)} more", rest)] : balance.Largest);
            page.AddTrusted("</div>\n");
        }
        page.AddTrusted("</div>\n</section>\n");
    }

    private static void Leaks(HtmlPage page, DataCheckReport report, CheckPictures pictures)
    {
        page.AddTrusted("<section id=\"leaks\">\n<h2>Leaks between parts</h2>\n");
        if (report.Leaks.Count == 0)
        {
            page.AddTrusted("<p class=\"none\">No sample has a copy in a part held out from its own.</p>\n</section>\n");
            return;
        }
        page.AddTrusted("<p class=\"lead\">What is measured on should not have been trained on. The first of each pair ought to go; the held-out one stays.</p>\n<div class=\"groups\">\n");
        foreach (var leak in report.Leaks.Take(LeaksShown))
        {
            page.AddTrusted("<div class=\"group\"><div class=\"wall\">\n");
            pictures.Add(leak.Key, leak.Split, "leak", Kind(leak.Kind, leak.Distance));
            pictures.Add(leak.HeldOutKey, leak.HeldOutSplit, "stays", null);
            page.AddTrusted("</div></div>\n");
        }
        page.AddTrusted("</div>\n");
        More(page, report.Leaks.Count, LeaksShown);
        page.AddTrusted("</section>\n");
    }

    private static void Duplicates(HtmlPage page, DataCheckReport report, CheckPictures pictures)
    {
        page.AddTrusted("<section id=\"duplicates\">\n<h2>Duplicates</h2>\n");
        if (report.Duplicates.Count == 0)
        {
            page.AddTrusted("<p class=\"none\">Every sample is there once.</p>\n</section>\n");
            return;
        }
        page.Add($"<p class=\"lead\">Groups of samples that show the same thing, with the distance of each copy from the sample that stays: 0 is the same, {report.NearThreshold.ToString("0.###", CultureInfo.InvariantCulture)} is the limit.</p>\n<div class=\"groups\">\n");
        foreach (var group in report.Duplicates.Take(GroupsShown))
        {
            page.AddTrusted("<div class=\"group\"><div class=\"wall\">\n");
            foreach (var member in group.Members.Take(MembersShown))
                pictures.Add(member.Key, member.Kept is null ? "stays" : member.Split, member.Kept is null ? "stays" : "copy",
                    FormattableString.Invariant($"{member.Width} × {member.Height}, {HumanText.Bytes(member.Bytes)}") + (member.Kept is null ? "" : $", {Kind(member.Kind!, member.Distance)}"));
            page.AddTrusted("</div>\n");
            More(page, group.Members.Count, MembersShown);
            page.AddTrusted("</div>\n");
        }
        page.AddTrusted("</div>\n");
        More(page, report.Duplicates.Count, GroupsShown);
        page.AddTrusted("</section>\n");
    }

    private static void Empty(HtmlPage page, DataCheckReport report, CheckPictures pictures)
    {
        page.AddTrusted("<section id=\"empty\">\n<h2>Nothing to see</h2>\n");
        if (report.Empty.Count == 0)
            page.AddTrusted("<p class=\"none\">Every sample shows something.</p>\n");
        page.AddTrusted("<div class=\"wall\">\n");
        foreach (var note in report.Empty.Take(EmptyShown))
            pictures.Add(note.Key, null, null, note.Reason);
        page.AddTrusted("</div>\n");
        More(page, report.Empty.Count, EmptyShown);
        page.AddTrusted("</section>\n");
    }

    private static void Broken(HtmlPage page, DataCheckReport report)
    {
        page.AddTrusted("<section id=\"broken\">\n<h2>Broken</h2>\n");
        if (report.Broken.Count == 0)
        {
            page.AddTrusted("<p class=\"none\">Every sample could be read.</p>\n</section>\n");
            return;
        }
        page.AddTrusted("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Sample</th><th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
        foreach (var note in report.Broken.Take(NotesShown))
            page.Add($"<tr><th scope=\"row\"><code>{note.Key}</code></th><td>{note.Reason}</td></tr>\n");
        page.AddTrusted("</tbody>\n</table></div>\n");
        More(page, report.Broken.Count, NotesShown);
        page.AddTrusted("</section>\n");
    }

    private static void Bins(HtmlPage page, IReadOnlyList<NamedCount> counts, int whole = 0)
    {
        var most = whole > 0 ? whole : counts.Select(count => count.Count).DefaultIfEmpty(0).Max();
        page.AddTrusted("<dl class=\"bins\">\n");
        foreach (var (name, count) in counts)
        {
            var width = most == 0 ? "0" : (100.0 * count / most).ToString("0.##", CultureInfo.InvariantCulture);
            page.Add($"<dt>{name}</dt><dd class=\"bar\" aria-hidden=\"true\">");
            if (count > 0)
                page.Add($"<i style=\"width:{width}%\"></i>");
            page.Add($"</dd><dd class=\"count\">{HumanText.Count(count)}</dd>\n");
        }
        page.AddTrusted("</dl>\n");
    }

    private static void More(HtmlPage page, int count, int shown)
    {
        if (count > shown)
            page.Add($"<p class=\"note\">… and {HumanText.Count(count - shown)} more; --json lists all.</p>\n");
    }

    private static string Kind(string kind, double distance) => distance > 0 ? $"{kind}, distance {distance.ToString("0.000", CultureInfo.InvariantCulture)}" : kind;
}
