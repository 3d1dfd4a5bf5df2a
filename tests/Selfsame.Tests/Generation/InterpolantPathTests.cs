using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Tests.Generation;

public sealed class InterpolantPathTests
{
    public static TheoryData<string> Names => ["linear", "cosine", "vp"];

    [Fact]
    public void The_linear_path_is_a_straight_line()
    {
        using var scope = Scope.Enter();
        var (data, noise) = (Tensor.From([4.0, 8.0], [2, 1]), Tensor.From([0.0, 2.0], [2, 1]));
        Assert.Equal([1.0, 5.0], InterpolantPath.Linear.Mix(data, noise, 0.25, 0.5).ToArray<double>());
        Assert.Equal([4.0, 6.0], InterpolantPath.Linear.Velocity(data, noise, 0.25, 0.5).ToArray<double>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Slopes_are_the_derivatives_of_the_shares(string name)
    {
        var path = Path(name);
        const double Step = 1e-6;
        foreach (var t in new[] { 0.1, 0.45, 0.9 })
        {
            Assert.Equal((path.Alpha(t + Step) - path.Alpha(t - Step)) / (2 * Step), path.AlphaSlope(t), 1e-5);
            Assert.Equal((path.Sigma(t + Step) - path.Sigma(t - Step)) / (2 * Step), path.SigmaSlope(t), 1e-5);
            Assert.Equal((Math.Log(path.Alpha(t + Step)) - Math.Log(path.Alpha(t - Step))) / (2 * Step), path.AlphaLogSlope(t), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Velocity_score_and_noise_are_turned_into_each_other(string name)
    {
        using var scope = Scope.Enter();
        var path = Path(name);
        using var generator = new Generator(3);
        Tensor Normal() => Ops.Empty([3, 4], DType.Float64).NormalInPlace(generator: generator);
        var (data, noise) = (Normal(), Normal());
        double[] times = [0.2, 0.5, 0.9];
        var (x, velocity) = (path.Mix(data, noise, times), path.Velocity(data, noise, times));
        var score = path.ScoreFromNoise(noise, times);
        Same(noise, path.NoiseFromVelocity(velocity, x, times));
        Same(velocity, path.VelocityFromNoise(noise, x, times));
        Same(score, path.ScoreFromVelocity(velocity, x, times));
        Same(velocity, path.VelocityFromScore(score, x, times));
    }

    [Fact]
    public void The_score_of_pure_noise_is_minus_the_noise()
    {
        using var scope = Scope.Enter();
        var x = Tensor.From([0.5, -3.0]);
        Assert.Equal([-0.5, 3.0], InterpolantPath.Linear.ScoreFromVelocity(Tensor.From([9.0, 9.0]), x, 0).ToArray<double>());
    }

    [Theory]
    [InlineData(DiffusionForm.Constant, 2)]
    [InlineData(DiffusionForm.ScoreBased, 6)] // 2 (1-t) / t
    [InlineData(DiffusionForm.Sigma, 1.5)]
    [InlineData(DiffusionForm.Linear, 1.5)]
    [InlineData(DiffusionForm.Decreasing, 1.4571067811865475)] // (2 cos(π/4) + 1)² / 4
    [InlineData(DiffusionForm.IncreasingDecreasing, 1)]
    public void Diffusion_forms_have_their_values_at_a_quarter(DiffusionForm form, double expected) =>
        Assert.Equal(expected, InterpolantPath.Linear.Diffusion(form, 0.25, norm: 2), 12);

    [Fact]
    public void Intervals_are_cut_where_a_formula_would_divide_by_zero()
    {
        var (linear, vp) = (InterpolantPath.Linear, InterpolantPath.VariancePreserving);
        Assert.Equal(new(0, 1), TimeInterval.ForTraining(linear, FlowPrediction.Velocity, 0.1));
        Assert.Equal(new(1e-3, 0.999), TimeInterval.ForTraining(linear, FlowPrediction.Score));
        Assert.Equal(new(0, 1 - 1e-5), TimeInterval.ForTraining(vp, FlowPrediction.Velocity));
        Assert.Equal(new(0, 0.999), TimeInterval.ForOde(vp, FlowPrediction.Noise));
        Assert.Equal(new(0, 0.96), TimeInterval.ForSde(linear, FlowPrediction.Velocity, DiffusionForm.Sigma, 0.04));
        Assert.Equal(new(0, 1), TimeInterval.ForSde(linear, FlowPrediction.Velocity, DiffusionForm.Sigma, 0));
        Assert.Equal(new(1e-3, 0.999), TimeInterval.ForSde(linear, FlowPrediction.Noise, DiffusionForm.Sigma, 0));
        Assert.Equal(new(0, 0.999), TimeInterval.ForSde(vp, FlowPrediction.Velocity, DiffusionForm.Sigma, 0));
    }

    [Fact]
    public void A_wrong_number_of_times_is_refused()
    {
        using var scope = Scope.Enter();
        var x = Ops.Ones([3, 2]);
        var error = Assert.Throws<ShapeException>(() => InterpolantPath.Linear.Mix(x, x, 0.1, 0.2));
        Assert.Equal("2 times were given for a batch of 3; give one for each sample, or one for all.", error.Message);
    }

    private static InterpolantPath Path(string name) => name switch
    {
        "linear" => InterpolantPath.Linear,
        "cosine" => InterpolantPath.Cosine,
        _ => InterpolantPath.VariancePreserving,
    };

    private static void Same(Tensor expected, Tensor actual)
    {
        var (a, b) = (expected.ToArray<double>(), actual.ToArray<double>());
        Assert.Equal(a.Length, b.Length);
        for (var k = 0; k < a.Length; k++)
            Assert.Equal(a[k], b[k], 1e-9);
    }
}
