using Selfsame.Cli;
using Selfsame.Cli.Verbs;
using Selfsame.Evaluation.Report;
using Selfsame.Tests.Cli;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Tests.Outputs;

public sealed class ComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_that_differ_by_seed_give_a_mean_and_a_deviation()
    {
        var comparison = RunComparison.Of([Run("a", 1, 0.70), Run("b", 2, 0.72), Run("c", 3, 0.77)]);
        Assert.True(comparison.OnlySeedDiffers);
        var metric = Assert.Single(comparison.Metrics);
        Assert.Equal(0.73, metric.Mean!.Value, 12);
        Assert.Equal(0.036055512754639894, metric.Deviation!.Value, 12);  // sqrt((9 + 1 + 16) / 2) %
        Assert.Equal(["1", "2", "3"], Assert.Single(comparison.Settings).Values);
        var html = ComparisonPage.Html(comparison);
        Assert.Contains("<strong>Only the seed differs</strong>", html, StringComparison.Ordinal);
        Assert.Contains("<td><b>0.7300</b> &#177; 0.0361</td><td>0.7000</td><td>0.7200</td><td>0.7700</td>", html, StringComparison.Ordinal);
        Assert.Contains("""{"title":"loss","evaluation":false,"names":["a","b","c"],"steps":[10,20],"values":[[0.5,0.4],[0.5,0.4],[0.5,0.4]],"notFinite":0,"lines":[]}""", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_runs_are_shown_with_their_differences()
    {
        var comparison = RunComparison.Of([Run("a", 1, 0.70), Run("b", 1, 0.65, "batch: 64")]);
        Assert.False(comparison.OnlySeedDiffers);
        var setting = Assert.Single(comparison.Settings);
        Assert.Equal("batch", setting.Key);
        Assert.Equal(["32", "64"], setting.Values);
        Assert.Equal(-0.05, comparison.Metrics[0].Differences[1]!.Value, 12);
        var html = ComparisonPage.Html(comparison);
        Assert.Contains("<td>0.7000</td><td>0.6500<small class=\"worse\">−0.0500</small></td>", html, StringComparison.Ordinal);
        Assert.Contains("<tr class=\"baseline\"><th scope=\"row\">raw input</th><td>0.5500</td><td>0.5500</td></tr>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Only the seed differs", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verb_prints_a_table_writes_a_page_and_speaks_json()
    {
        var (a, b, page) = (Run("a", 1, 0.70), Run("b", 2, 0.72), _folder["out.html"]);
        var run = await CliRun.OfAsync([CompareVerb.Create], ["compare", a, b, "--out", page]);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains("0.7100 ± 0.0141", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", File.ReadAllText(page), StringComparison.Ordinal);

        run = await CliRun.OfAsync([CompareVerb.Create], ["compare", a, b, "--json"]);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains("\"only_seed_differs\": true", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"final_loss\": \"NaN\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_compared_is_named()
    {
        var whole = Run("a", 1, 0.7);
        var (none, unfinished) = (_folder["none"], Run("open", 1, 0.7));
        Directory.CreateDirectory(none);
        File.Delete(new RunFolder(unfinished).ResultPath);
        foreach (var (paths, message) in new (string[] Paths, string Message)[]
        {
            ([whole, "/nowhere/run"], "/nowhere/run is not there; give the folder of a run, such as runs/quickstart."),
            ([whole, none], $"{none} is not a run folder: it has no recipe.yaml."),
            ([whole, unfinished], $"{unfinished} is not finished: it has no result.json yet. The command it was started with goes on with it; then compare again."),
            ([whole, whole + "/"], $"{whole} is given twice."),
            ([whole], "a comparison needs at least two run folders, for instance: selfsame compare runs/a runs/b."),
        })
        {
            var run = await CliRun.OfAsync([CompareVerb.Create], ["compare", .. paths]);
            Assert.Equal(new CliRun(ExitCodes.BadUsage, "", $"error: {message}\n"), run);
        }
    }

    private string Run(string name, long seed, double accuracy, string batch = "batch: 32")
    {
        var run = new RunFolder(_folder[name]);
        run.Create();
        run.WriteResult(RunFolderTests.Example() with { Seed = seed, Evaluation = new Dictionary<string, double> { ["knn_accuracy"] = accuracy } });
        File.WriteAllText(run.RecipePath, $"system: mae\nseed: {seed}\n{batch}\n");
        using var log = MetricsLog.Open(run.MetricsPath);
        log.Write(10, 320, [new("loss", 0.5)]);
        log.Write(20, 640, [new("loss", 0.4)]);
        return run.Path;
    }
}
