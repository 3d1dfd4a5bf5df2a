using Selfsame.Evaluation.Gallery;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation.Gallery;

public class TSneTests
{
    [Fact]
    public void Rows_of_equal_distances_share_their_probability_evenly()
    {
        // The corners of a regular simplex: whatever the bandwidth, all others are equally near.
        double[] corners = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        var conditional = TSneAffinities.Conditional(TSneAffinities.Distances(corners, 4), 4, 2.9);
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
                Assert.Equal(i == j ? 0 : 1.0 / 3, conditional[(i * 4) + j], 12);
        }
    }

    [Fact]
    public void Every_row_has_the_perplexity_asked_for_however_far_the_points_are()
    {
        var random = new Random(1);
        var points = new double[60 * 5];
        for (var k = 0; k < points.Length; k++)
            points[k] = 1e4 * random.NextDouble();  // exp(-d) of these alone is zero in double
        var conditional = TSneAffinities.Conditional(TSneAffinities.Distances(points, 60), 60, 10);
        for (var i = 0; i < 60; i++)
        {
            var row = conditional.AsSpan(i * 60, 60);
            var entropy = 0.0;
            foreach (var p in row)
                entropy -= p > 0 ? p * Math.Log(p) : 0;
            Assert.InRange(Math.Exp(entropy), 9.999, 10.001);
        }
    }

    [Fact]
    public void The_gradient_is_the_slope_of_the_divergence()
    {
        var random = new Random(2);
        var points = Enumerable.Range(0, 13 * 4).Select(_ => random.NextDouble()).ToArray();
        var places = Enumerable.Range(0, 13 * 2).Select(_ => random.NextDouble()).ToArray();
        var joint = TSneAffinities.Joint(TSneAffinities.Conditional(TSneAffinities.Distances(points, 13), 13, 4), 13);
        var gradient = new TSneDescent(joint, places).Gradient().ToArray();
        const double step = 1e-5;
        for (var k = 0; k < places.Length; k++)
        {
            var (up, down) = ((double[])places.Clone(), (double[])places.Clone());
            (up[k], down[k]) = (up[k] + step, down[k] - step);
            var slope = (new TSneDescent(joint, up).Divergence() - new TSneDescent(joint, down).Divergence()) / (2 * step);
            Assert.Equal(slope, gradient[k], 1e-8);
        }
    }

    [Fact]
    public void Parts_what_is_apart_and_repeats_itself_bit_for_bit()
    {
        var random = new Random(3);
        var (points, start) = (new double[90 * 8], new double[90 * 2]);
        for (var k = 0; k < points.Length; k++)
            points[k] = (k / 8 % 3 * (k % 8 == 0 ? 20 : 0)) + random.NextDouble();
        for (var k = 0; k < start.Length; k++)
            start[k] = random.NextDouble();

        var map = TSne.Embed(points, start, new TSneSettings { Iterations = 400 });
        Assert.Equal(map, TSne.Embed(points, start, new TSneSettings { Iterations = 400 }));
        for (var i = 0; i < 90; i++)
        {
            var nearest = Enumerable.Range(0, 90).Where(j => j != i).MinBy(j => Math.Pow(map[2 * i] - map[2 * j], 2) + Math.Pow(map[(2 * i) + 1] - map[(2 * j) + 1], 2));
            Assert.Equal(i % 3, nearest % 3);
        }
    }

    [Fact]
    public void Too_many_points_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => TSne.Embed(new double[4001], new double[8002], new TSneSettings()));
        Assert.Equal("4001 points are given; exact t-SNE takes 4 to 4000. Take a sample of them. (Parameter 'start')", error.Message);
        error = Assert.Throws<ArgumentException>(() => TSneAffinities.Conditional(new double[9], 3, 3));
        Assert.StartsWith("the perplexity is 3; it is the effective number of neighbours, so it lies above 0 and below the number of points, 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Principal_components_of_a_known_shape()
    {
        using var scope = Scope.Enter();
        // Four points on a cross: variance 2 * 9 / 3 = 6 along (0.6, 0.8), and 2 * 1 / 3 across.
        using var components = PrincipalComponents.Fit(Tensor.From<float>([1.8f, 2.4f, -1.8f, -2.4f, -0.8f, 0.6f, 0.8f, -0.6f], [4, 2]) + 5.0, 5);
        Assert.Equal(2, components.Count);
        Assert.Equal(6, components.Variances[0], 5);
        Assert.Equal(2.0 / 3, components.Variances[1], 5);
        Assert.Equal(20.0 / 3, components.TotalVariance, 5);
        var projected = components.Project(Tensor.From<float>([6.8f, 7.4f], [1, 2])).ToArray<float>();
        Assert.Equal(3f, projected[0], 1e-5f);
        Assert.Equal(0f, projected[1], 1e-5f);
    }

    [Theory]
    [InlineData(40, 700)]   // by the Gram matrix
    [InlineData(600, 700)]  // randomised
    public void Principal_components_of_wide_rows_agree_with_the_covariance(int count, int width)
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(5);
        var scales = Ops.Full([width], 0.05, DType.Float32);
        for (var k = 0; k < 4; k++)
            scales.Narrow(0, 100 * k, 1).FillInPlace(4.0 - k);
        var rows = Ops.Empty([count, width]).NormalInPlace(generator: generator) * scales;
        using var components = PrincipalComponents.Fit(rows, 3);
        var centred = (rows - rows.Mean(0, keepDim: true)).To(DType.Float64);
        var values = (centred.T().Matmul(centred) / (count - 1.0)).Eigh().Eigenvalues.ToArray<double>();
        for (var k = 0; k < 3; k++)
            Assert.Equal(values[^(k + 1)], components.Variances[k], values[^(k + 1)] * 1e-3);
    }
}
