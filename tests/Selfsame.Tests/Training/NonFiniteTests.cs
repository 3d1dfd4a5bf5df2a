using Selfsame.Cli;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

public sealed class NonFiniteTests
{
    [Theory]
    [InlineData("{ kind: sgd, rate: 1e6 }", "first value that is not finite: output of student.")]
    [InlineData("{ kind: adamw, rate: 1e6 }", "all modules put out finite values; the loss itself overflowed")]
    public async Task A_run_that_explodes_names_the_module_keeps_the_batch_and_stops(string optimizer, string culprit)
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 12);
        var recipe = folder.Add("tiny.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.SelfFlow));

        var run = await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", recipe, "--data", pictures, "--set", $"optimizer={optimizer}", "--set", "guard.max_skipped=2", "--json", "--out", folder["run"]]);

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Matches("error: 3 steps in a row had to be skipped, the last because the loss is (NaN|∞|-∞|Infinity). Lower the learning rate, lengthen the warm-up, or try --precision fp32.\n$", run.Error);
        Assert.Contains(culprit, run.Output, StringComparison.Ordinal);
        var kept = Directory.GetFiles(folder["run/debug"], "*.safetensors");
        Assert.Equal(3, kept.Length);
        using var file = SafetensorsFile.Open(kept[0]);
        Assert.Equal([8L, 3, 16, 16], file.Entry("image").Shape);
        Assert.Equal([8L], file.Entry("indices").Shape);
    }

    [Fact]
    public async Task Only_the_part_that_is_not_finite_is_kept_and_named()
    {
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(TinyRun.Mae, TinyRun.Pictures(folder["pictures"], 12), "optimizer={ kind: sgd, rate: 1e6 }", "micro_batch=4", "guard.max_skipped=0");
        var watcher = new Watcher();

        var stopped = await Assert.ThrowsAsync<TrainingStoppedException>(() => TinyRun.RunAsync(recipe, folder["run"], watcher));

        Assert.StartsWith("1 steps in a row", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(2, watcher.Warnings.Count(w => w.Contains("not finite", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_first_module_with_an_infinite_weight_is_the_one_named()
    {
        using var scope = Scope.Enter();
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(TinyRun.Mae, "unused").Recipe;
        using var model = new TrainingModel(recipe, new(recipe.Encoder, (16, 16), 3, 0), Device.Cpu, low: false);
        using (GradMode.Off())
            model.Objective.Parameters().Single(p => p.FullName == "encoder.blocks.1.mlp.fc1.weight").Value.Span<float>()[3] = float.PositiveInfinity;
        using var search = NonFiniteSearch.Start();

        var loss = model.Objective.Compute(new(Ops.Ones([2, 3, 16, 16])), new Selfsame.Objectives.SeededStep(1, 0)).Loss;

        Assert.False(double.IsFinite(loss.Item()));
        Assert.StartsWith("encoder.blocks.1.mlp", search.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guard_skips_what_is_not_finite_and_is_exhausted_by_one_more_than_allowed()
    {
        var guard = new LossGuard(2, null, 5);
        Assert.Null(guard.Judge(1, 1));
        Assert.Equal("the loss is NaN", guard.Judge(double.NaN, 1));
        Assert.NotNull(guard.Judge(1, double.PositiveInfinity));
        Assert.False(guard.Exhausted);
        Assert.NotNull(guard.Judge(double.NegativeInfinity, 1));
        Assert.True(guard.Exhausted);
        Assert.Null(guard.Judge(1e9, 1));  // without a factor nothing finite is a spike
        Assert.False(guard.Exhausted);
        Assert.Equal((3, 2), ((int)guard.Skipped, guard.Recent.Count));
    }

    [Fact]
    public void A_spike_is_a_multiple_of_the_median_of_a_full_window()
    {
        var guard = new LossGuard(3, 2, 4);
        Assert.Null(guard.Judge(100, 1));
        foreach (var loss in new[] { 1.0, 2, 3, 4 })
            Assert.Null(guard.Judge(loss, 1));
        Assert.Equal([1, 2, 3, 4], guard.Recent);
        Assert.Null(guard.Judge(6, 1));  // median 3, so 6 is the last that counts; now 2, 3, 4, 6
        Assert.Equal("the loss 8.01 is more than 2 times the median 4 of the last 4", guard.Judge(8.01, 1));
        Assert.Equal([2, 3, 4, 6], guard.Recent);

        var resumed = new LossGuard(3, 2, 4, guard.Recent);
        Assert.NotNull(resumed.Judge(8.01, 1));
        Assert.Null(resumed.Judge(8, 1));
    }

    [Fact]
    public void Losses_below_zero_have_no_spikes()
    {
        var guard = new LossGuard(0, 3, 4);
        foreach (var loss in new[] { -0.2, -0.4, -0.5, -0.6, -0.7, -0.71 })
            Assert.Null(guard.Judge(loss, 1));
    }
}
