using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class LabelFreeTests
{
    [Fact]
    public void A_collapsed_representation_has_no_spread_and_rank_one()
    {
        using var scope = Scope.Enter();
        var collapsed = Ops.Ones([50, 16]);
        Assert.Equal(0, LabelFree.NormalisedDeviation(collapsed), 12);
        Assert.Equal(1, LabelFree.EffectiveRank(collapsed), 6);
        Assert.InRange(LabelFree.RankMe(collapsed), 1.0, 1.01);
        Assert.Equal(0, LabelFree.Uniformity(collapsed).Item(), 5);
    }

    [Fact]
    public void Even_features_fill_every_dimension()
    {
        using var scope = Scope.Enter();
        Assert.Equal(8, LabelFree.EffectiveRank(Ops.Eye(8)), 9);
        var even = Samples.Noise(4000, 16, 1);
        Assert.Equal(LabelFree.HealthyDeviation(16), LabelFree.NormalisedDeviation(even), 0.003);
        Assert.InRange(LabelFree.RankMe(even), 15.9, 16.01);
    }

    [Fact]
    public void Effective_rank_counts_the_directions_that_are_used()
    {
        using var scope = Scope.Enter();
        var features = Samples.Rotation(32, 1).Narrow(1, 0, 5).Matmul(Samples.Rotation(20, 2).Narrow(0, 0, 5));
        Assert.Equal(5, LabelFree.EffectiveRank(features), 3);
    }

    [Fact]
    public void Scores_do_not_change_under_rotation()
    {
        using var scope = Scope.Enter();
        var features = Samples.Noise(60, 10, 3) * Ops.Arange(1, 11, 1, DType.Float32);
        var turned = features.Matmul(Samples.Rotation(10, 4));
        Assert.Equal(LabelFree.RankMe(features), LabelFree.RankMe(turned), 3);
        Assert.Equal(LabelFree.Uniformity(features).Item(), LabelFree.Uniformity(turned).Item(), 4);
        Assert.Equal(LabelFree.Lidar(features, 4).Rank, LabelFree.Lidar(turned, 4).Rank, 3);
    }

    [Fact]
    public void Two_opposite_points_have_the_uniformity_of_their_distance()
    {
        using var scope = Scope.Enter();
        Assert.Equal(-8, LabelFree.Uniformity(Tensor.From([1f, 0f, -3f, 0f], [2, 2])).Item(), 1e-4);
    }

    [Fact]
    public void Alignment_is_the_mean_power_of_the_distance()
    {
        using var scope = Scope.Enter();
        var first = Tensor.From([2f, 0f, 0f, 1f], [2, 2]);
        var second = Tensor.From([0f, 1f, 0f, 5f], [2, 2]);
        Assert.Equal(1, LabelFree.Alignment(first, second).Item(), 6);
        Assert.Equal(Math.Sqrt(2) / 2, LabelFree.Alignment(first, second, 1).Item(), 6);
        Assert.Equal(0, LabelFree.Alignment(first, first).Item(), 6);
    }

    [Fact]
    public void Lidar_sees_only_what_differs_between_samples()
    {
        using var scope = Scope.Enter();
        // Samples differ along two axes; views of a sample differ along a third.
        var values = new float[8 * 4 * 3];
        for (var sample = 0; sample < 8; sample++)
        {
            for (var view = 0; view < 4; view++)
            {
                var row = ((sample * 4) + view) * 3;
                (values[row], values[row + 1], values[row + 2]) = (MathF.Cos(sample * MathF.PI / 4), MathF.Sin(sample * MathF.PI / 4), view);
            }
        }

        Assert.Equal(2, LabelFree.Lidar(Tensor.From<float>(values, [32, 3]), 4).Rank, 3);
    }

    [Fact]
    public void Lidar_is_the_same_whether_rows_or_columns_are_more()
    {
        using var scope = Scope.Enter();
        var random = new Random(3);
        var values = Enumerable.Range(0, 24 * 5).Select(_ => (float)random.NextDouble()).ToArray();
        var tall = Tensor.From<float>(values, [24, 5]);
        // Features that never change add nothing; with 40 of them the computation goes by rows.
        var wide = Ops.Cat([tall, Ops.Zeros([24, 40])], 1);

        var (expected, found) = (LabelFree.Lidar(tall, 3), LabelFree.Lidar(wide, 3));

        Assert.Equal(expected.Rank, found.Rank, 5);
        Assert.Equal(expected.LargestEigenvalue, found.LargestEigenvalue, 6);
    }

    [Fact]
    public void Rows_that_are_no_whole_samples_are_refused()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<ShapeException>(() => LabelFree.Lidar(Ops.Ones([10, 3]), 4));
        Assert.Equal("features are float32(10, 3); with 4 views a sample, rows must be a multiple of 4 and at least 8.", error.Message);
    }
}
