using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Selfsame.Evaluation.Gallery;
using Selfsame.Evaluation.Report;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Outputs;

public class ReportFiguresTests
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>\"";

    [Fact]
    public void Every_setting_has_its_value_and_its_source()
    {
        var rows = SettingTable.Of("""
            system: mae
            batch: 64
            data:
              source: emoji
              views:
                - size: 32
                  crop: { kind: random_resized, scale: [0.2, 1] }
            optimizer: { rate: 0.001, betas: [0.9, 0.95] }
            evaluate: null
            """,
            [
                new("batch", "--batch 64"), new("data.source", "SELFSAME_DATA__SOURCE=emoji"), new("data.views", "recipes/mae.yaml(7)"), new("optimizer.rate", "recipes/mae.yaml(9)"),
            ]);
        Assert.Equal(
        [
            new SettingRow("system", "mae", OriginKind.Default, "default"),
            new("batch", "64", OriginKind.Flag, "--batch 64"),
            new("data.source", "emoji", OriginKind.Environment, "SELFSAME_DATA__SOURCE=emoji"),
            new("data.views[0].size", "32", OriginKind.Recipe, "recipes/mae.yaml(7)"),
            new("data.views[0].crop.kind", "random_resized", OriginKind.Recipe, "recipes/mae.yaml(7)"),
            new("data.views[0].crop.scale", "[0.2, 1]", OriginKind.Recipe, "recipes/mae.yaml(7)"),
            new("optimizer.rate", "0.001", OriginKind.Recipe, "recipes/mae.yaml(9)"),
            new("optimizer.betas", "[0.9, 0.95]", OriginKind.Default, "default"),
            new("evaluate", "none", OriginKind.Default, "default"),
        ], rows);
        Assert.Empty(SettingTable.Of("a: [", []));
    }

    [Fact]
    public void A_sheet_is_in_the_page_once_and_names_are_texts()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        Write(run, Hostile);
        var html = ReportBuilder.Html(run);

        Assert.Equal(2, Regex.Count(html, "background-image:url\\(data:image/png;base64,"));  // the map and one table
        Assert.Equal(Regex.Count(html, "url\\("), Regex.Count(html, "url\\(data:image/png;base64,[A-Za-z0-9+/=]+\\)"));
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        Assert.Contains("background-position:100% 0%", html, StringComparison.Ordinal);      // second column, first row of the table
        Assert.Contains("<h2>Where</h2>", html, StringComparison.Ordinal);
        Assert.Contains("<small>0.1</small>", html, StringComparison.Ordinal);
        Assert.Contains("<li>Noise levels: left out.</li>", html, StringComparison.Ordinal);
        var data = Regex.Match(html, "id=\"map-data\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(Hostile, (string)JsonNode.Parse(data)!["keys"]![0]!);
        // Of the neighbours of sample 0, the twin is of its kind and the other is not.
        Assert.Equal(1, Regex.Count(html, "<span class=\"same\">"));
    }

    [Fact]
    public void Missing_sheets_and_damaged_figures_are_named()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        Assert.Contains("No figures were drawn.", ReportBuilder.Html(run), StringComparison.Ordinal);
        Write(run, "a");
        File.Delete(Path.Combine(run.FiguresPath, "where.png"));
        Assert.Contains("The pictures are not there, or too large for one page", ReportBuilder.Html(run), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(run.FiguresPath, "figures.json"), "{");
        Assert.Contains("figures.json does not hold figures: ", ReportBuilder.Html(run), StringComparison.Ordinal);
    }

    private static void Write(RunFolder run, string name)
    {
        using var scope = Scope.Enter();
        var sheets = new SheetBuilder();
        var pictures = Ops.Full([4, 3, 4, 4], 200.0, DType.Float32);
        var (sheet, columns) = sheets.AddTable("where", [("Picture", pictures.Narrow(0, 0, 2)), ("Map", pictures.Narrow(0, 2, 2))]);
        var figures = new FigureSet
        {
            Step = 3,
            Map = new MapFigure
            {
                Sheet = sheets.Add("map", pictures, 2), Keys = [name, "b", "c", "d"], Total = 9,
                Layouts = [new("PCA", "note", [0, 1, 0, 1], [0, 0, 1, 1])], Columns = [new("kind", ["x", "y"], [0, 0, 1, 1])],
            },
            Neighbours = new NeighbourFigure(4, "kind", [new(0, [1, 2], [1, 0.5f])]),
            Tables = [new PictureTable { Name = "where", Title = "Where", Lead = "Lead.", Sheet = sheet, Columns = columns, Rows = [name, "b"], Remarks = ["0.1", "0.2"] }],
            Notes = ["Noise levels: left out."],
        };
        Directory.CreateDirectory(run.FiguresPath);
        foreach (var (file, png) in sheets.Files)
            File.WriteAllBytes(Path.Combine(run.FiguresPath, file), png);
        File.WriteAllBytes(Path.Combine(run.FiguresPath, "figures.json"), figures.ToJson());
    }
}
