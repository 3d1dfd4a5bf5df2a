using FsCheck;
using FsCheck.Fluent;
using Selfsame.Evaluation;

namespace Selfsame.Tests.Evaluation;

public sealed class MetricsTests
{
    [Fact]
    public void Balanced_accuracy_weighs_classes_and_not_samples()
    {
        // Class 0: 6 of 8 found; class 1: 1 of 2 found; class 2 does not occur.
        var confusion = Confusion.Of([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0, 1, 2, 1, 0], 3);
        Assert.Equal(0.7, confusion.Accuracy, 12);
        Assert.Equal(0.625, confusion.BalancedAccuracy, 12);
        Assert.Equal(0.8, confusion.MajorityShare, 12);
        Assert.Equal(1, confusion[0, 2]);
        Assert.Equal(0, confusion.Count(2));
    }

    [Fact]
    public void Always_naming_the_majority_scores_its_share_and_one_over_the_classes()
    {
        long[] truth = [2, 2, 2, 2, 2, 2, 0, 1, 1, 2];
        var confusion = Confusion.Of(truth, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 3);
        Assert.Equal(confusion.MajorityShare, confusion.Accuracy);
        Assert.Equal(1.0 / 3, confusion.BalancedAccuracy, 12);
    }

    [Fact]
    public void Renaming_classes_changes_no_figure() => Prop.ForAll(
        Gen.Choose(0, 3).Two().ArrayOf().Where(pairs => pairs.Length > 0).ToArbitrary(),
        pairs =>
        {
            var before = Confusion.Of(Array.ConvertAll(pairs, pair => (long)pair.Item1), Array.ConvertAll(pairs, pair => (long)pair.Item2), 4);
            var after = Confusion.Of(Array.ConvertAll(pairs, pair => (long)(pair.Item1 + 1) % 4), Array.ConvertAll(pairs, pair => (long)(pair.Item2 + 1) % 4), 4);
            return before.Accuracy == after.Accuracy && Math.Abs(before.BalancedAccuracy - after.BalancedAccuracy) < 1e-12 && before.MajorityShare == after.MajorityShare;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ties_go_to_the_lower_class_and_unvoted_classes_never_hit()
    {
        double[] scores = [0, 2, 2, 0, 1, 0, 0, 0];
        Assert.Equal(1, Metrics.ArgMax(scores));
        Assert.True(Metrics.InTop(scores, 2, 2));
        Assert.False(Metrics.InTop(scores, 2, 1));
        Assert.True(Metrics.InTop(scores, 0, 5));
        Assert.Equal(0, Metrics.Score([0], scores, 8, floor: 0).TopFive);
        Assert.Equal(1, Metrics.Score([0], scores, 8).TopFive);
        Assert.Equal(1, Metrics.Score([4], scores, 8, floor: 0).TopFive);
    }

    [Fact]
    public void A_label_out_of_range_is_named() =>
        Assert.Equal(
            "sample 1 has class 3 and prediction 0; both must be from 0 to 2",
            Assert.Throws<ArgumentException>(() => Confusion.Of([0, 3], [0, 0], 3)).Message);

    [Fact]
    public void Spread_over_seeds_is_the_sample_deviation()
    {
        var figure = Metrics.OverSeeds([0.7, 0.8, 0.9]);
        Assert.Equal(0.8, figure.Mean, 12);
        Assert.Equal(0.1, figure.Deviation, 12);
        Assert.True(double.IsNaN(Metrics.OverSeeds([0.5]).Deviation));
    }

    [Theory]
    [InlineData(1, 4, 1, 0.25)]
    [InlineData(2, 4, 2, 1 - (2.0 / 4 * 1 / 3))]
    [InlineData(3, 4, 2, 1.0)]
    [InlineData(1, 3, 10, 1.0)]
    public void Chance_recall_is_hypergeometric(int targets, int candidates, int k, double expected) =>
        Assert.Equal(expected, Metrics.ChanceRecall(targets, candidates, k), 12);

    [Fact]
    public void Chance_loss_of_ten_classes_is_ln_ten() => Assert.Equal(2.302585, Metrics.ChanceLoss(10), 6);
}
