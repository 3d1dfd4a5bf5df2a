using Selfsame.Evaluation;

namespace Selfsame.Tests.Evaluation;

public sealed class AveragePrecisionTests
{
    // Ranked: relevant, not, relevant, not.
    private static readonly double[] Scores = [0.9, 0.8, 0.7, 0.6];
    private static readonly bool[] Truth = [true, false, true, false];

    [Fact]
    public void A_ranking_without_ties_has_the_mean_precision_at_its_hits()
    {
        Assert.Equal((1 + (2 / 3.0)) / 2, AveragePrecision.Step(Scores, Truth), 12);
        Assert.Equal((1 + (2 / 3.0)) / 2, AveragePrecision.Ranked(Scores, Truth), 12);
        Assert.Equal(0.75, AveragePrecision.RocArea(Scores, Truth), 12);   // 3 of 4 pairs stand right
    }

    [Fact]
    public void Tied_scores_are_one_threshold_and_half_a_pair()
    {
        double[] tied = [1, 1, 1, 1];
        Assert.Equal(0.5, AveragePrecision.Step(tied, Truth), 12);
        Assert.Equal(0.5, AveragePrecision.RocArea(tied, Truth), 12);
        Assert.Equal((1 + (2 / 3.0)) / 2, AveragePrecision.Ranked(tied, Truth), 12);   // here the order given decides
    }

    [Fact]
    public void A_cut_off_averages_over_what_was_found_before_it()
    {
        Assert.Equal(1, AveragePrecision.Ranked(Scores, Truth, top: 2));
        Assert.Equal(0, AveragePrecision.Ranked(Scores, [false, false, true, true], top: 2));
    }

    [Fact]
    public void Trapezoids_take_both_sides_of_a_hit_and_junk_is_not_there()
    {
        var score = AveragePrecision.Trapezoid(Scores, Truth, [false, true, false, false], [1, 5]);
        Assert.Equal(1, score.Precision, 12);   // without the junk the hits are first and second
        Assert.Equal([1.0, 1.0], score.AtCutoffs);

        var plain = AveragePrecision.Trapezoid(Scores, Truth, new bool[4], [1, 2, 5]);
        Assert.Equal((1 + 1 + (1 / 2.0) + (2 / 3.0)) / 4, plain.Precision, 12);
        Assert.Equal([1.0, 0.5, 2 / 3.0], plain.AtCutoffs);   // a cut-off beyond the last hit, at rank 3, counts as 3
    }

    [Fact]
    public void Nothing_relevant_gives_no_precision()
    {
        var none = new bool[4];
        Assert.Equal(0, AveragePrecision.Step(Scores, none));
        Assert.True(double.IsNaN(AveragePrecision.RocArea(Scores, none)));
        Assert.True(double.IsNaN(AveragePrecision.Trapezoid(Scores, none, none, [1]).Precision));
    }

    [Fact]
    public void A_score_that_is_no_number_is_refused() =>
        Assert.Equal("score 1 is NaN; it has no place in a ranking", Assert.Throws<ArgumentException>(() => AveragePrecision.Step([1, double.NaN], [true, false])).Message);
}
