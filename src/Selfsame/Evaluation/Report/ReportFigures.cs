using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Evaluation.Gallery;
using Selfsame.Training.Progress;

namespace Selfsame.Evaluation.Report;

/// <summary>The sections made from a run's figures: tables of pictures, the map, neighbours, noise levels.</summary>
internal static class ReportFigures
{
    private const int MostColumnsOfHalf = 6;

    internal static void Write(HtmlPage page, ReportData data, FileBudget budget)
    {
        if (data.Figures is not { } figures)
        {
            page.Add($"<section id=\"figures\">\n<h2>Figures</h2>\n<p class=\"none\">No figures were drawn. Once the run has a checkpoint, this makes them: <code>selfsame evaluate {data.Folder.Path}</code></p>\n</section>\n");
            return;
        }

        foreach (var table in figures.Tables.Where(table => table.Name.StartsWith("reconstruction", StringComparison.Ordinal)))
            Table(page, data, table, budget);
        if (figures.Map is { } map && Sheet(page, data, map.Sheet, budget) is { } sheet)
        {
            Map(page, map, sheet);
            if (figures.Neighbours is { } neighbours)
                Neighbours(page, map, neighbours, sheet);
        }

        foreach (var table in figures.Tables.Where(table => !table.Name.StartsWith("reconstruction", StringComparison.Ordinal)))
            Table(page, data, table, budget);
        if (figures.Noise is { } noise)
            Noise(page, noise);
        if (figures.Notes.Count == 0)
            return;
        page.AddTrusted("<section id=\"notes\">\n<h2>Figures left out</h2>\n<ul>\n");
        foreach (var note in figures.Notes)
            page.Add($"<li>{note}</li>\n");
        page.AddTrusted("</ul>\n</section>\n");
    }

    // The sheet becomes the background of a class, so that it is in the page once however many of its pictures are shown.
    private static string? Sheet(HtmlPage page, ReportData data, PictureSheet sheet, FileBudget budget)
    {
        var name = Path.GetFileName(sheet.File);
        if (budget.Read(Path.Combine(data.Folder.FiguresPath, name)) is not { } png)
            return null;
        var style = "sheet-" + string.Concat(Path.GetFileNameWithoutExtension(name).Where(char.IsAsciiLetterOrDigit));
        page.AddTrusted($"<style>.{style}{{background-image:url(data:image/png;base64,{Convert.ToBase64String(png)});")
            .AddTrusted(FormattableString.Invariant($"background-size:{100 * sheet.Columns}% {100 * sheet.Rows}%;aspect-ratio:{sheet.TileWidth}/{sheet.TileHeight}}}</style>\n"));
        return style;
    }

    private static void Tile(HtmlPage page, PictureSheet sheet, string style, int number, string label)
    {
        page.Add($"<span class=\"tile {style}\" role=\"img\" aria-label=\"{label}\" style=\"background-position:")
            .AddTrusted(Place(number % sheet.Columns, sheet.Columns)).AddTrusted(" ").AddTrusted(Place(number / sheet.Columns, sheet.Rows)).AddTrusted("\"></span>");
    }

    private static string Place(int at, int count) => (count > 1 ? 100.0 * at / (count - 1) : 0).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    private static void Table(HtmlPage page, ReportData data, PictureTable table, FileBudget budget)
    {
        page.Add($"<section id=\"{table.Name}\">\n<h2>{table.Title}</h2>\n<p class=\"lead\">{table.Lead}</p>\n");
        if (Sheet(page, data, table.Sheet, budget) is not { } style)
        {
            page.Add($"<p class=\"none\">The pictures are not there, or too large for one page; see {data.Folder.FiguresPath}.</p>\n</section>\n");
            return;
        }

        // Narrow tables stand in two halves side by side where there is room.
        var parts = table.Columns.Count <= MostColumnsOfHalf && table.Rows.Count > 3 ? 2 : 1;
        var height = (table.Rows.Count + parts - 1) / parts;
        page.AddTrusted(parts > 1 ? "<div class=\"halves\">\n" : "<div>\n");
        for (var part = 0; part < parts; part++)
            Rows(page, table, style, part * height, Math.Min(table.Rows.Count, (part + 1) * height));
        page.AddTrusted("</div>\n</section>\n");
    }

    private static void Rows(HtmlPage page, PictureTable table, string style, int from, int to)
    {
        page.AddTrusted(FormattableString.Invariant($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of pictures\"><table class=\"pictures\" style=\"--columns:{table.Columns.Count}\">\n<thead><tr><td></td>"));
        foreach (var column in table.Columns)
            page.Add($"<th scope=\"col\">{column}</th>");
        page.AddTrusted("</tr></thead>\n<tbody>\n");
        for (var row = from; row < to; row++)
        {
            page.Add($"<tr><th scope=\"row\">{table.Rows[row]}");
            if (row < table.Remarks.Count)
                page.Add($"<small>{table.Remarks[row]}</small>");
            page.AddTrusted("</th>");
            for (var column = 0; column < table.Columns.Count; column++)
            {
                page.AddTrusted("<td>");
                Tile(page, table.Sheet, style, (row * table.Columns.Count) + column, $"{table.Columns[column]}: {table.Rows[row]}");
                page.AddTrusted("</td>");
            }

            page.AddTrusted("</tr>\n");
        }

        page.AddTrusted("</tbody>\n</table></div>\n");
    }

    private static void Map(HtmlPage page, MapFigure map, string style)
    {
        var count = HumanText.Count(map.Keys.Count);
        var taken = map.Keys.Count < map.Total ? $"{count} of {HumanText.Count(map.Total)} test samples, taken evenly" : $"All {count} test samples";
        page.Add($"<section id=\"map\">\n<h2>Map of embeddings</h2>\n<p class=\"lead\">{taken}; near on the map is alike to the model. Point at a dot to see its picture, drag to zoom, double-click to go back; with the keyboard, arrows go from sample to sample.</p>\n")
            .AddTrusted("<noscript><p class=\"note\">The map needs JavaScript.</p></noscript>\n<div class=\"controls\">");
        page.AddTrusted("<label>Layout <select id=\"map-layout\">");
        for (var i = 0; i < map.Layouts.Count; i++)
            page.Add($"<option value=\"{i}\">{map.Layouts[i].Name}</option>");
        page.AddTrusted("</select></label><label>Colour <select id=\"map-colour\">");
        for (var i = 0; i < map.Columns.Count; i++)
            page.Add($"<option value=\"{i}\">{map.Columns[i].Name}</option>");
        if (map.Columns.Count == 0)
            page.AddTrusted("<option value=\"-1\">none</option>");
        page.AddTrusted("</select></label><label>Show <select id=\"map-marks\"><option value=\"dots\">dots</option><option value=\"pictures\">pictures</option></select></label></div>\n");
        page.Add($"<figure class=\"map\"><div id=\"map-plot\" tabindex=\"0\" role=\"group\" aria-label=\"Map of {count} samples; use the arrow keys to go from one to the next\"></div>")
            .Add($"<div id=\"map-card\" hidden><span class=\"tile {style}\"></span><div></div></div><figcaption><span id=\"map-legend\"></span><span id=\"map-note\"></span></figcaption><p id=\"map-said\" class=\"unseen\" aria-live=\"polite\"></p></figure>\n")
            .AddTrusted("<script type=\"application/json\" id=\"map-data\">").AddTrusted(JsonSerializer.Serialize(map, PageJson.Default.MapFigure)).AddTrusted("</script>\n</section>\n");
    }

    private static void Neighbours(HtmlPage page, MapFigure map, NeighbourFigure figure, string style)
    {
        page.Add($"<section id=\"neighbours\">\n<h2>Nearest neighbours</h2>\n<p class=\"lead\">Each sample with the {figure.Rows.Max(row => row.Near.Count)} most like it among the {HumanText.Count(figure.Searched)} on the map, by the cosine of their features.");
        if (figure.Column is { } named)
            page.Add($" A line below marks the same {named}.");
        page.AddTrusted("</p>\n<div class=\"neighbours\">\n");
        var column = map.Columns.FirstOrDefault(candidate => candidate.Name == figure.Column);
        foreach (var row in figure.Rows)
        {
            page.AddTrusted("<div class=\"query\">");
            Tile(page, map.Sheet, style, row.Query, $"Sample: {map.Keys[row.Query]}");
            page.AddTrusted("<div class=\"near\">");
            for (var k = 0; k < row.Near.Count; k++)
            {
                var same = column is not null && column.Values[row.Near[k]] >= 0 && column.Values[row.Near[k]] == column.Values[row.Query];
                page.AddTrusted(same ? "<span class=\"same\">" : "<span>");
                Tile(page, map.Sheet, style, row.Near[k], $"{map.Keys[row.Near[k]]}, cosine {HumanText.Value(row.Similarity[k])}{(same ? $", same {figure.Column}" : "")}");
                page.AddTrusted("</span>");
            }

            page.AddTrusted("</div></div>\n");
        }

        page.AddTrusted("</div>\n</section>\n");
    }

    private static void Noise(HtmlPage page, NoiseFigure noise)
    {
        page.Add($"<section id=\"noise\">\n<h2>Noise levels</h2>\n<p class=\"lead\">The model on {HumanText.Count(noise.Samples)} test samples at ten noise levels; 0 is data, 1 is noise. Recognised: the share of samples whose features under noise are nearest to their own at the lowest level.</p>\n");
        ReportSections.Charts(page,
        [
            Chart("Loss of the velocity", ("model", noise.Loss), ("predicting zero", noise.Untrained)),
            Chart("Features against the cleanest", ("cosine", noise.Similarity), ("recognised", noise.Recognised)),
        ]);
        page.AddTrusted("</section>\n");

        Chart Chart(string title, params (string Name, IReadOnlyList<double> Values)[] lines) => new()
        {
            Title = title,
            Evaluation = true,
            Axis = "noise level",
            Names = [.. lines.Select(line => line.Name)],
            Steps = [.. noise.Levels.Select(level => Math.Round(level, 6))],
            Values = [.. lines.Select(line => line.Values.Select(value => double.IsFinite(value) ? value : (double?)null).ToArray())],
            NotFinite = lines.Sum(line => line.Values.Count(value => !double.IsFinite(value))),
            Lines = [],
        };
    }
}

/// <summary>Puts files into a page as long as they fit: in base64 a third larger, and with scripts and curves, the page stays under 10 MB.</summary>
/// <param name="bytes">Bytes of files that fit.</param>
internal sealed class FileBudget(long bytes = 6 << 20)
{
    /// <summary>Reads a file; null when it isn't there or doesn't fit any more. The length is asked first, so that a giant isn't even read.</summary>
    internal byte[]? Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > bytes)
            return null;
        var content = File.ReadAllBytes(path);
        bytes -= content.Length;
        return content;
    }
}

// The default encoder writes <, > and & as \u escapes, so that the text can stand inside a script element.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MapFigure))]
internal sealed partial class PageJson : JsonSerializerContext;
