using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class GenerativeMetricTests
{
    [Fact]
    public void Frechet_distance_of_lines_has_a_closed_form()
    {
        using var scope = Scope.Enter();
        // Mean 0 and variance 2 against mean 3 and variance 8: (0 - 3)² + (sqrt 2 - sqrt 8)² = 9 + 2.
        var score = FrechetDistance.Between(Tensor.From<float>([-1, 1], [2, 1]), Tensor.From<float>([1, 5], [2, 1]));
        Assert.Equal(11, score.Distance, 9);
        Assert.Equal(9, score.MeanPart, 12);
        Assert.Equal(4, score.TraceOfRoot, 9);
    }

    [Fact]
    public void Frechet_distance_of_a_shift_is_its_square_also_where_the_covariance_is_singular()
    {
        using var scope = Scope.Enter();
        var features = Samples.Noise(5, 12, 1);   // rank 4 in 12 dimensions
        Assert.Equal(0, FrechetDistance.Between(features, features).Distance, 1e-5);
        Assert.Equal(12 * 0.25, FrechetDistance.Between(features, features + 0.5).Distance, 1e-5);
    }

    [Fact]
    public void Frechet_distance_of_a_scaled_set_is_that_of_the_deviations()
    {
        using var scope = Scope.Enter();
        var features = Samples.Noise(400, 6, 2).To(DType.Float64);
        var centred = features - features.Mean(0, keepDim: true);
        using var statistics = FeatureStatistics.Of(centred);
        Assert.Equal(statistics.Covariance.Trace().Item() * 4, FrechetDistance.Between(centred, centred * 3.0).Distance, 1e-8);   // (1 - 3)² tr(S)
    }

    [Fact]
    public void Features_of_different_networks_are_refused()
    {
        using var scope = Scope.Enter();
        Assert.Equal("features have 3 and 4 columns; both sets must come from the same network.",
            Assert.Throws<ShapeException>(() => FrechetDistance.Between(Samples.Noise(5, 3, 1), Samples.Noise(5, 4, 1))).Message);
    }

    [Fact]
    public void Kernel_distance_of_two_points_each_is_a_small_sum()
    {
        using var scope = Scope.Enter();
        var (real, fake) = (Tensor.From<float>([1, 2], [2, 1]), Tensor.From<float>([0, 1], [2, 1]));
        // (x y + 1)^2: within real 9 twice, within fake 1 twice, between 1, 4, 1, 9.
        var score = KernelDistance.At(real, fake, [[0, 1]], [[0, 1]], new KernelDistanceSettings { Degree = 2 });
        Assert.Equal(((18 + 2) / 2.0) - (2 * 15 / 4.0), score.Mean, 12);
        Assert.Equal(0, score.Deviation);
    }

    [Fact]
    public void Kernel_distance_is_about_zero_for_samples_of_one_distribution_and_grows_apart()
    {
        using var scope = Scope.Enter();
        var settings = new KernelDistanceSettings { Subsets = 20, SubsetSize = 50, Seed = 4 };
        var real = Samples.Noise(300, 8, 1);
        var same = KernelDistance.Evaluate(real, Samples.Noise(300, 8, 2), settings);
        Assert.Equal(0, same.Mean, 0.05);
        Assert.Equal(same.Mean, KernelDistance.Evaluate(real, Samples.Noise(300, 8, 2), settings).Mean);
        Assert.True(KernelDistance.Evaluate(real, Samples.Noise(300, 8, 2) + 1.0, settings).Mean > 1);
    }

    [Fact]
    public void Manifolds_on_a_line_are_counted_by_hand()
    {
        using var scope = Scope.Enter();
        // Real 0, 1, 3 have radii 1, 1, 2 to their nearest other; fake 1.5, 9, 10 have 7.5, 1, 1.
        var result = ManifoldPrecision.Evaluate(Tensor.From<float>([0, 1, 3], [3, 1]), Tensor.From<float>([1.5f, 9, 10], [3, 1]), [1]);
        Assert.Equal([1.0, 1, 2], result.RealRadii(1));
        Assert.Equal(new ManifoldScore(1, 1 / 3.0, 1, 2 / 3.0, 2 / 3.0), result.Scores[0]);
        Assert.Equal(1 / 0.50001, result.Realism[0], 9);
        Assert.Equal(2 / 6.00001, result.Realism[1], 9);
    }

    [Fact]
    public void The_border_is_inside_for_precision_and_outside_for_density()
    {
        using var scope = Scope.Enter();
        var result = ManifoldPrecision.Evaluate(Tensor.From<float>([0, 1], [2, 1]), Tensor.From<float>([2, -1], [2, 1]), [1]);
        Assert.Equal(new ManifoldScore(1, 1, 1, 0, 0), result.Scores[0]);
        Assert.Equal("a neighbourhood of 2 does not fit; the smaller set has 2 samples, so it must be from 1 to 1",
            Assert.Throws<ArgumentException>(() => ManifoldPrecision.Evaluate(Samples.Noise(2, 1, 1), Samples.Noise(9, 1, 1), [2])).Message);
    }

    [Fact]
    public void A_set_covers_itself()
    {
        using var scope = Scope.Enter();
        var points = Samples.Noise(40, 3, 6);
        var score = ManifoldPrecision.Evaluate(points, points, [3]).Scores[0];
        Assert.Equal((1, 1, 1), (score.Precision, score.Recall, score.Coverage));
    }
}
