using Selfsame.Evaluation;
using Selfsame.Evaluation.Report;
using Selfsame.Tests.Outputs;
using Selfsame.Training;

namespace Selfsame.Tests.Evaluation;

public sealed class HealthMonitorTests
{
    [Fact]
    public void Before_anything_is_measured_nothing_is_known()
    {
        var monitor = new HealthMonitor(new());
        Assert.Equal(new Diagnosis(Health.Unknown, "Fewer than 20 steps were taken, and no features were looked at.", ""), monitor.Diagnose());
        Assert.Null(monitor.News(1));
    }

    [Fact]
    public void A_falling_loss_with_spread_features_is_healthy()
    {
        var monitor = Fed(new() { ChanceLoss = Math.Log(16) }, 3, 1);
        monitor.Features = new FeatureHealth(0.9, 12, 31);
        Assert.Equal("Healthy: The loss went from 3.0000 to 1.0000; guessing has 2.7726; the spread of features is 0.9000 (0 collapsed, 1 even) in 12.00 of 31 directions.", monitor.Diagnose().ToString());
        Assert.Null(monitor.News(1));
    }

    [Fact]
    public void A_loss_at_ln_K_is_still_at_chance_but_not_before_a_quarter_of_the_run()
    {
        var monitor = Fed(new() { ChanceLoss = Math.Log(16), Rate = 0.1 }, 2.9, Math.Log(16) * 0.985);
        Assert.Null(monitor.News(0.2));
        var news = monitor.News(0.25)!;
        Assert.Equal(Health.AtChance, news.Kind);
        Assert.Equal("The loss is 2.7310, and guessing has 2.7726.", news.Why);
        Assert.StartsWith("If the run is young, train longer. Lower the learning rate (it goes up to 0.1000), first by a factor of 10, if it was ever lower than now;", news.Try, StringComparison.Ordinal);
        Assert.Null(monitor.News(0.5));   // said once
        Assert.Equal(Health.Healthy, Fed(new() { ChanceLoss = Math.Log(16) }, 2.9, Math.Log(16) * 0.97).Diagnose().Kind);
    }

    [Theory]
    [InlineData(false, 1.99, Health.AtChance)]   // not above twice the start, and never lower
    [InlineData(false, 2.01, Health.Diverged)]
    [InlineData(true, 9.9, Health.Healthy)]      // a teacher's target may move away
    [InlineData(true, 10.1, Health.Diverged)]
    public void A_loss_of_a_multiple_of_the_first_has_diverged(bool moving, double end, Health expected) =>
        Assert.Equal(expected, Fed(new() { MovingTarget = moving }, 1, end).Diagnose().Kind);

    [Fact]
    public void A_loss_that_is_no_number_has_diverged_at_once()
    {
        var monitor = new HealthMonitor(new() { Rate = 3 });
        monitor.Step(1);
        monitor.Step(double.NaN);
        Assert.Equal("Diverged: The loss became NaN at loss 2 of those seen. Lower the learning rate (it goes up to 3.0000), first by a factor of 10, lengthen the warm-up, or clip gradients (clip_norm: 1.0).", monitor.News(0)!.ToString());
    }

    [Theory]
    [InlineData(0.004, 0.03, 1.0, Health.Collapsed)]   // nothing left, whatever labels say
    [InlineData(0.02, 0.5, null, Health.Collapsed)]    // a fifth and less of what was
    [InlineData(0.02, 0.5, 0.1, Health.Healthy)]       // labels say that it is used
    [InlineData(0.02, 0.05, -0.1, Health.Healthy)]     // it was never more
    public void Features_that_are_all_alike_have_collapsed(double spread, double before, double? gain, Health expected)
    {
        var monitor = Fed(new(), 2, 1);
        monitor.Untrained = new FeatureHealth(before, 10, 31);
        monitor.Features = new FeatureHealth(spread, 10, 31);
        Assert.Equal(expected, monitor.Diagnose(gain).Kind);
    }

    [Theory]
    [InlineData(1.5, null, Health.Collapsed)]
    [InlineData(1.5, -0.1, Health.Collapsed)]
    [InlineData(1.5, 0.0, Health.Healthy)]    // one direction may be all there is to tell apart
    [InlineData(2.5, null, Health.Healthy)]
    public void Features_in_one_direction_have_collapsed(double rank, double? gain, Health expected)
    {
        var monitor = Fed(new(), 2, 1);
        monitor.Untrained = new FeatureHealth(0.9, 20, 31);
        monitor.Features = new FeatureHealth(0.8, rank, 31);
        Assert.Equal(expected, monitor.Diagnose(gain).Kind);
    }

    [Fact]
    public void A_bad_diagnosis_is_the_verdict_and_survives_the_result_file()
    {
        var collapsed = new Diagnosis(Health.Collapsed, "Why.", "Try this.");
        var result = RunResult.FromJson((RunFolderTests.Example() with { FinalLoss = 0.1, Diagnosis = collapsed }).ToJson());
        Assert.Contains("\"kind\": \"collapsed\"", result.ToJson(), StringComparison.Ordinal);
        Assert.Equal(collapsed, result.Diagnosis);
        Assert.Equal(new RunVerdict(VerdictKind.Collapsed, "Collapsed", "Why. Try this."), RunVerdict.Of(result));
        Assert.Equal(VerdictKind.Learned, RunVerdict.Of(result with { Diagnosis = new Diagnosis(Health.Healthy, "Why.", "") }).Kind);
    }

    private static HealthMonitor Fed(HealthSettings settings, double start, double end)
    {
        var monitor = new HealthMonitor(settings);
        monitor.Step(start);
        for (var k = 0; k < 30; k++)
            monitor.Step(end);
        return monitor;
    }
}
