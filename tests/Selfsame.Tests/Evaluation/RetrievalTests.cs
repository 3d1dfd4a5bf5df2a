using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class RetrievalTests
{
    [Fact]
    public void A_picture_is_asked_for_in_other_styles_only()
    {
        using var scope = Scope.Enter();
        // Groups 0 and 1, views 0 and 1. Rows 0 and 1 are nearly equal but share a view, so they are no candidates of each other.
        //                           g0v0     g1v0        g0v1     g1v1
        var features = Tensor.From([1f, 0f, 0.99f, 0.1f, 0.9f, 0f, 0f, 1f], [4, 2]);
        var score = CrossViewRetrieval.Evaluate(features, [0, 1, 0, 1], [0, 0, 1, 1]);
        // Row 0 finds row 2; row 1 finds row 2, wrong; row 2 finds row 0; row 3 finds row 1.
        Assert.Equal(0.75, score.At(1));
        Assert.Equal(0.5, score.ChanceAt(1));
        Assert.Equal(1.0, score.At(5));
        Assert.Equal(1.0, score.MedianRank);
        Assert.Equal((4, 0), (score.Queries, score.Skipped));
    }

    [Fact]
    public void Collapsed_features_score_nothing_rather_than_everything()
    {
        using var scope = Scope.Enter();
        var score = CrossViewRetrieval.Evaluate(Ops.Ones([8, 4]), [0, 1, 2, 3, 0, 1, 2, 3], [0, 0, 0, 0, 1, 1, 1, 1]);
        Assert.Equal(0, score.At(1));
        Assert.Equal(4, score.MedianRank);
    }

    [Fact]
    public void A_group_shown_in_one_view_only_is_skipped_and_counted()
    {
        using var scope = Scope.Enter();
        var score = CrossViewRetrieval.Evaluate(Samples.Noise(5, 4, 1), [0, 0, 1, 1, 2], [0, 1, 0, 1, 0]);
        Assert.Equal((4, 1), (score.Queries, score.Skipped));
    }

    [Fact]
    public void Random_features_score_the_chance_level()
    {
        using var scope = Scope.Enter();
        var (groups, views) = (new long[1600], new long[1600]);
        for (var row = 0; row < groups.Length; row++)
            (groups[row], views[row]) = (row / 4 % 8, row % 4);
        var score = CrossViewRetrieval.Evaluate(Samples.Noise(1600, 16, 2), groups, views);
        Assert.Equal(0.125, score.ChanceAt(1), 3);
        Assert.InRange(score.At(1), 0.09, 0.16);
    }

    [Fact]
    public void A_group_as_a_whole_is_the_mean_of_its_directions()
    {
        using var scope = Scope.Enter();
        var (features, groups) = PairRetrieval.Wholes(Tensor.From([0f, 2f, 3f, 0f, 8f, 0f, 0f, 0f], [4, 2]), [7, 5, 7, 9]);

        Assert.Equal([7, 5, 9], groups);
        Assert.Equal([0.5f, 0.5f, 1f, 0f, 0f, 0f], features.ToArray<float>());
    }

    [Fact]
    public void Several_captions_of_a_picture_are_all_right_answers()
    {
        using var scope = Scope.Enter();
        var pictures = Tensor.From([1f, 0f, 0f, 1f], [2, 2]);
        var captions = Tensor.From([1f, 0.1f, 0.2f, 1f, 0.1f, 1f], [3, 2]);
        // Captions 0 and 1 describe picture 0; caption 1 lies nearer to picture 1.
        var score = PairRetrieval.Evaluate(pictures, [0, 1], captions, [0, 0, 1]);
        Assert.Equal(1.0, score.FirstToSecond.At(1));
        Assert.Equal(2.0 / 3, score.SecondToFirst.At(1), 12);
        Assert.Equal(((2.0 / 3) + (1.0 / 3)) / 2, score.FirstToSecond.ChanceAt(1), 12);
        Assert.Equal(0.5, score.SecondToFirst.ChanceAt(1), 12);
        Assert.Equal([1, 5, 10], score.FirstToSecond.Cutoffs);
    }

    [Fact]
    public void Rotating_both_modalities_changes_nothing()
    {
        using var scope = Scope.Enter();
        var (one, other) = (Samples.Noise(40, 8, 1), Samples.Noise(80, 8, 2));
        long[] first = [.. Enumerable.Range(0, 40).Select(row => (long)row)], second = [.. Enumerable.Range(0, 80).Select(row => (long)row % 40)];
        var rotation = Samples.Rotation(8, 3);
        var before = PairRetrieval.Evaluate(one, first, other, second);
        var after = PairRetrieval.Evaluate(one.Matmul(rotation), first, other.Matmul(rotation), second);
        Assert.Equal(before.FirstToSecond.Recall, after.FirstToSecond.Recall);
        Assert.Equal(before.SecondToFirst.Recall, after.SecondToFirst.Recall);
    }

    [Fact]
    public void Groups_without_a_partner_are_an_error()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<ArgumentException>(() => CrossViewRetrieval.Evaluate(Ops.Ones([2, 2]), [0, 1], [0, 1]));
        Assert.Equal("cross-view retrieval: no query shares its group with a candidate, so there is nothing to find; check the group ids", error.Message);
    }
}
