using Selfsame.Cli;
using Selfsame.Cli.Verbs;
using Selfsame.Recipes;
using Selfsame.Tests.Cli;
using Selfsame.Training.Sweeps;

namespace Selfsame.Tests.Training;

public sealed class SweepTests
{
    [Fact]
    public void Values_are_separated_outside_brackets()
    {
        Assert.Equal(["1e-4", "3e-4"], SweepAxis.Parse("lr=1e-4,3e-4").Values);
        Assert.Equal("optimizer.rate", SweepAxis.Parse("lr=1").Key);
        Assert.Equal(["[0.9, 0.95]", "{ a: [1,2] }"], SweepAxis.Parse("optimizer.betas=[0.9, 0.95],{ a: [1,2] }").Values);
        Assert.Equal("--sweep lr: This is not key=value,value, such as lr=1e-4,3e-4.", Assert.Throws<FormatException>(() => SweepAxis.Parse("lr")).Message);
        Assert.Equal("--sweep lr=1,,2: One of the values is empty.", Assert.Throws<FormatException>(() => SweepAxis.Parse("lr=1,,2")).Message);
        Assert.Equal("--sweep lr=1,1: A value is given twice.", Assert.Throws<FormatException>(() => SweepAxis.Parse("lr=1,1")).Message);
    }

    [Fact]
    public void A_grid_is_every_combination_with_every_seed()
    {
        var runs = SweepGrid.Runs([SweepAxis.Parse("lr=1e-4,3e-4"), SweepAxis.Parse("batch=4,8")], 2, more => Load(more));

        Assert.Equal(8, runs.Count);
        Assert.Equal(
            ["lr=1e-4,batch=4/seed-4", "lr=1e-4,batch=4/seed-5", "lr=1e-4,batch=8/seed-4"],
            runs.Take(3).Select(run => run.Folder));
        Assert.Equal((3e-4, 8, 5UL), (runs[^1].Recipe.Recipe.Optimizer.Rate, runs[^1].Recipe.Recipe.Batch, runs[^1].Recipe.Recipe.Seed));
        Assert.Equal(8, runs.Select(run => run.Folder).Distinct().Count());
        Assert.Equal(2, SweepGrid.Runs([], 2, more => Load(more)).Count);
    }

    [Fact]
    public void Wrong_values_are_all_named_before_anything_runs()
    {
        var wrong = Assert.Throws<RecipeException>(() => SweepGrid.Runs([SweepAxis.Parse("lr=-1,x"), SweepAxis.Parse("batch=4,8")], 1, more => Load(more)));

        Assert.Equal(
            """
            --sweep lr=-1: optimizer.rate is -1; it is the peak learning rate, so it is above 0 and at most 1000000.
            --sweep lr=x: optimizer.rate is x; expected a number.
            """, wrong.Message);
        Assert.Equal(
            "--sweep has batch twice. Give all its values in one: batch=4,8.",
            Assert.Throws<FormatException>(() => SweepGrid.Runs([SweepAxis.Parse("batch=4"), SweepAxis.Parse("batch=8")], 1, more => Load(more))).Message);
    }

    [Theory]
    [InlineData("lr", "1e-4", "lr=1e-4")]
    [InlineData("optimizer.betas", "[0.9, 0.95]", "optimizer.betas=_0.9,_0.95_~")]
    [InlineData("data.source", "../../etc", "data.source=..-..")]
    public void Folder_names_hold_no_more_than_a_file_name_can(string key, string value, string start)
    {
        var name = SweepGrid.FolderName(new EquatableDictionary<string>([KeyValuePair.Create(key, value)]));

        Assert.DoesNotContain('/', name);
        Assert.DoesNotContain(' ', name);
        Assert.NotEqual("..", name);
        if (key != "data.source")
            Assert.StartsWith(start, name, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_ranked_by_mean_over_seeds()
    {
        var report = SweepReport.Of([Run("1", 0, 0.5), Run("1", 1, 0.7), Run("2", 0, 0.65), Run("2", 1, 0.75), Run("3", 0, null)]);

        Assert.Equal("probe_accuracy", report.Metric);
        Assert.Equal(["2", "1", "3"], report.Rows.Select(row => row.Settings["lr"]));
        Assert.Equal([1, 2, null], report.Rows.Select(row => row.Rank));
        Assert.Equal(0.7, report.Rows[0].Mean!.Value, 1e-12);
        Assert.Equal(Math.Sqrt(0.005), report.Rows[0].Deviation!.Value, 1e-12);
        Assert.Equal("0.6000 ± 0.1414", SweepReport.Text(report.Rows[1]));
        Assert.Equal("–", SweepReport.Text(report.Rows[2]));
        Assert.Equal(1, report.Rows[2].Failed);
        Assert.Contains("| 1 | 2 | 0.7000 ± 0.0707 | 2 | 0 |\n", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("<li>lr-3/0: failed: it &lt;broke&gt;</li>", report.ToHtml(), StringComparison.Ordinal);

        var byLoss = SweepReport.Of(report.Runs, "final_loss");
        Assert.Equal(("lower", "1"), (byLoss.Better, byLoss.Rows[0].Settings["lr"]));

        static SweepOutcome Run(string lr, ulong seed, double? accuracy) => new(
            $"lr-{lr}/{seed}", new Dictionary<string, string> { ["lr"] = lr }, seed, accuracy is null ? "failed" : "done", accuracy is null ? "it <broke>" : null,
            accuracy is { } value ? new Dictionary<string, double> { ["probe_accuracy"] = value, ["final_loss"] = lr == "1" ? 0.1 : 0.2 } : []);
    }

    [Fact]
    public async Task A_sweep_goes_on_after_failures_and_skips_what_is_done()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.Add("tiny.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));
        // A rate this high blows the loss up, so that these runs stop.
        string[] arguments =
        [
            "pretrain", recipe, "--data", TinyRun.Pictures(folder["pictures"], 12), "--out", folder["sweep"], "--steps", "6", "--set", "guard.max_skipped=0",
            "--set", "optimizer={ kind: sgd, rate: 1 }", "--sweep", "lr=1e-3,1e6", "--seeds", "2",
        ];

        var first = await CliRun.OfAsync([PretrainVerb.Create], arguments);

        Assert.Equal(ExitCodes.Failed, first.ExitCode);
        var json = File.ReadAllText(folder["sweep/sweep.json"]);
        Assert.Equal(2, json.Split("\"state\": \"done\"").Length - 1);
        Assert.Equal(2, json.Split("\"state\": \"failed\"").Length - 1);
        Assert.Contains("1 steps in a row had to be skipped", json, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["sweep/lr=1e-3/seed-4/result.json"]));
        Assert.True(File.Exists(folder["sweep/lr=1e-3/seed-5/result.json"]));
        Assert.True(File.Exists(folder["sweep/sweep.html"]));
        Assert.Contains("Ranked by final_loss, lower is better.", first.Output, StringComparison.Ordinal);

        var written = File.GetLastWriteTimeUtc(folder["sweep/lr=1e-3/seed-4/result.json"]);
        var second = await CliRun.OfAsync([PretrainVerb.Create], arguments);

        Assert.Contains("run 1 of 4: lr=1e-3 seed=4 is already done", second.Error, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder["sweep/lr=1e-3/seed-4/result.json"]));
    }

    [Fact]
    public async Task Options_of_a_sweep_need_one()
    {
        var run = await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", "--rank", "knn_accuracy"]);
        Assert.Equal(new CliRun(ExitCodes.BadUsage, "", "error: --rank goes with --sweep or --seeds, and neither is given.\n"), run);
    }

    private static LoadedRecipe Load(IReadOnlyList<Override> more) => new RecipeLoader(SystemTable.BuiltIn).LoadText(TinyRun.Mae, "tiny.yaml", more, TinyRun.NoEnvironment);
}
