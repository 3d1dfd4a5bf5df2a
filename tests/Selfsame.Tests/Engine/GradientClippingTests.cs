using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class GradientClippingTests
{
    [Theory]
    [InlineData(GradientNormKind.Euclidean, 13)] // √(3² + 4² + 12²)
    [InlineData(GradientNormKind.Maximum, 12)]
    public void The_norm_is_that_of_all_gradients_together(GradientNormKind kind, double norm)
    {
        using var bench = Filled();
        Assert.Equal(norm, GradientClipping.Measure(bench.Arena, 1, kind).Value);
        Assert.Equal(1 / (norm + 1e-6), GradientClipping.Measure(bench.Arena, 1, kind).Factor, 1e-12);
        Assert.Equal(norm, GradientClipping.Clip(bench.Arena, 1, kind));
        Assert.Equal(1, GradientClipping.Measure(bench.Arena, 1, kind).Value, 1e-6);
        Assert.Equal((float)(-4 / (norm + 1e-6)), bench.Gradients(0)[1], 1e-6f);
    }

    [Fact]
    public void Small_gradients_are_left_alone()
    {
        using var bench = Filled();
        var before = bench.Gradients(0);
        Assert.Equal(new GradientNorm(13, 1), GradientClipping.Measure(bench.Arena, 13.1));
        Assert.Equal(13, GradientClipping.Clip(bench.Arena, 13.1));
        Assert.Equal(before, bench.Gradients(0));
        Assert.Equal(1, GradientClipping.Measure(bench.Arena, double.PositiveInfinity).Factor);
    }

    [Fact]
    public void A_scale_counts_in_both_results()
    {
        using var bench = Filled();
        Assert.Equal(6.5, GradientClipping.Measure(bench.Arena, 100, gradientScale: 0.5).Value);
        Assert.Equal(0.5, GradientClipping.Measure(bench.Arena, 100, gradientScale: 0.5).Factor);
        Assert.Equal(0.5 / 6.500001, GradientClipping.Measure(bench.Arena, 1, gradientScale: 0.5).Factor, 1e-12);
    }

    [Theory]
    [InlineData(GradientNormKind.Euclidean, float.NaN)]
    [InlineData(GradientNormKind.Euclidean, float.NegativeInfinity)]
    [InlineData(GradientNormKind.Maximum, float.NaN)]
    [InlineData(GradientNormKind.Maximum, float.NegativeInfinity)]
    public void What_is_not_finite_is_not_lost(GradientNormKind kind, float value)
    {
        using var bench = Filled();
        using (var scope = Scope.Enter())
            bench.Parameters[1].Value.Gradient!.Span<float>()[0] = value;
        var norm = GradientClipping.Measure(bench.Arena, 1, kind);
        Assert.False(norm.IsFinite);
        Assert.Equal(float.Abs(value), norm.Value);
    }

    [Fact]
    public void A_bound_must_be_above_zero()
    {
        using var bench = Filled();
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.Measure(bench.Arena, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.Measure(bench.Arena, double.NaN));
    }

    private static OptimizerBench Filled()
    {
        var bench = new OptimizerBench(1, low: false, [2], [3, 1]);
        using var scope = Scope.Enter();
        new[] { 3f, -4f }.CopyTo(bench.Parameters[0].Value.Gradient!.Span<float>());
        new[] { 0f, 12f, 0f }.CopyTo(bench.Parameters[1].Value.Gradient!.Span<float>());
        return bench;
    }
}
