using Selfsame.Claims;

namespace Selfsame.Tests.Claims;

public sealed class PairedComparisonTests
{
    // Differences 1, 2, 3: mean 2, s = 1, t(0.975, 2) = 4.3027, half width 4.3027 / sqrt(3) = 2.4842.
    [Fact]
    public void The_interval_is_students()
    {
        var comparison = PairedComparison.Of([11, 12, 13], [10, 10, 10], lowerIsBetter: false);
        Assert.Equal([1, 2, 3], comparison.Differences);
        Assert.Equal(2, comparison.Mean, 12);
        Assert.Equal(-0.4841, comparison.Low, 3);
        Assert.Equal(4.4841, comparison.High, 3);
        Assert.Equal(ClaimOutcome.Undecided, comparison.Outcome);
    }

    [Fact]
    public void A_steady_difference_decides()
    {
        Assert.Equal(ClaimOutcome.Holds, PairedComparison.Of([0.71, 0.72, 0.70], [0.60, 0.61, 0.595], lowerIsBetter: false).Outcome);
        Assert.Equal(ClaimOutcome.Contradicted, PairedComparison.Of([0.71, 0.72, 0.70], [0.60, 0.61, 0.595], lowerIsBetter: true).Outcome);
    }

    [Fact]
    public void A_metric_that_points_down_turns_the_differences()
    {
        var comparison = PairedComparison.Of([70, 71], [100, 103], lowerIsBetter: true);
        Assert.Equal([30, 32], comparison.Differences);
        Assert.Equal(ClaimOutcome.Holds, comparison.Outcome);
    }

    [Fact]
    public void Equal_arms_stay_undecided() => Assert.Equal(ClaimOutcome.Undecided, PairedComparison.Of([1, 2, 3], [1, 2, 3], lowerIsBetter: false).Outcome);

    [Fact]
    public void One_seed_is_no_comparison()
    {
        var error = Assert.Throws<ArgumentException>(() => PairedComparison.Of([1], [2], lowerIsBetter: false));
        Assert.Equal("a paired comparison needs equally many values, at least two; there are 1 and 1", error.Message);
    }
}
