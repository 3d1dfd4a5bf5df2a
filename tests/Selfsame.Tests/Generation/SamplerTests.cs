using Selfsame.Generation;
using Selfsame.Tests.Engine;
using Selfsame.Torch;

namespace Selfsame.Tests.Generation;

[Collection(nameof(TensorCount))]
public sealed class SamplerTests
{
    private static readonly double[] Uneven = [0, 0.1, 0.5, 0.75, 1];

    [Theory]
    [InlineData(StepMethod.Euler)]
    [InlineData(StepMethod.Heun)]
    public void A_constant_velocity_is_integrated_exactly(StepMethod method)
    {
        using var scope = Scope.Enter();
        var field = Field((x, _) => x.FullLike(3));
        var result = new OdeSampler(method).Sample(field, Tensor.From([1f, -2f]), Uneven);
        Assert.Equal([4f, 1f], result.ToArray<float>());
    }

    [Theory]
    [InlineData(StepMethod.Euler, 2)]
    [InlineData(StepMethod.Heun, 4)]
    public void Halving_the_steps_divides_the_error_by_two_to_the_order(StepMethod method, double factor)
    {
        using var scope = Scope.Enter();
        var field = Field((x, _) => x);
        double Error(int steps)
        {
            var grid = new TimeInterval(0, 1).Grid(steps + 1);
            return Math.E - new OdeSampler(method).Sample(field, Ops.Ones([1], DType.Float64), grid).Item();
        }

        Assert.Equal(factor, Error(64) / Error(128), factor * 0.02);
    }

    [Fact]
    public void Heun_can_end_with_an_Euler_step_that_does_not_ask_the_model_at_the_end()
    {
        using var scope = Scope.Enter();
        var asked = new List<double>();
        var field = Field((x, time) =>
        {
            asked.Add(time);
            return x;
        });
        var result = new OdeSampler(StepMethod.Heun, EulerAtEnd: true).Sample(field, Ops.Ones([1], DType.Float64), [0, 0.5, 1]);
        Assert.Equal([0, 0.5, 0.5], asked);
        Assert.Equal((1 + (0.5 * (1 + 1.5) / 2)) * 1.5, result.Item(), 12);
    }

    // On the linear path from N(0, 1) to N(0, s²) the score is -x / (t²s² + (1-t)²) and the velocity follows from it.
    [Theory]
    [InlineData(StepMethod.Euler, LastStep.Mean, DiffusionForm.Sigma)]
    [InlineData(StepMethod.Euler, LastStep.Euler, DiffusionForm.Linear)]
    [InlineData(StepMethod.Heun, LastStep.Tweedie, DiffusionForm.IncreasingDecreasing)]
    public void Stochastic_sampling_reaches_the_variance_of_the_data(StepMethod method, LastStep last, DiffusionForm form)
    {
        using var scope = Scope.Enter();
        const double Spread = 0.5;
        var field = new FlowField(InterpolantPath.Linear, FlowPrediction.Velocity, (x, t) =>
            x * (((t * Spread * Spread) - (1 - t)) / ((t * t * Spread * Spread) + ((1 - t) * (1 - t)))));
        using var generator = new Generator(7);
        Tensor Normal() => Ops.Empty([20000], DType.Float64).NormalInPlace(generator: generator);
        var grid = new TimeInterval(0, 0.99).Grid(200);
        var result = new SdeSampler(method, last, form).Sample(field, Normal(), grid, _ => Normal());
        Assert.Equal(Spread, Math.Sqrt(result.Square().Mean().Item()), 0.02);
    }

    [Fact]
    public void Without_noise_stochastic_Euler_is_the_deterministic_one()
    {
        using var scope = Scope.Enter();
        var field = Field((x, time) => (x * time) - 1.0);
        var start = Tensor.From([0.5, 2.0]);
        var flow = new OdeSampler().Sample(field, start, Uneven);
        var stochastic = new SdeSampler(Norm: 0).Sample(field, start, [0, 0.1, 0.5, 0.75], _ => start.OnesLike());
        Assert.Equal(flow.ToArray<double>(), stochastic.ToArray<double>());
    }

    [Fact]
    public void Only_the_result_stays_alive()
    {
        using var start = Ops.Ones([4]);
        var before = TensorCount.Settled();
        var field = Field((x, _) => x * 0.5);
        var peak = 0L;
        using (new OdeSampler(StepMethod.Heun).Sample(field, start, new TimeInterval(0, 1).Grid(20), (_, _) => peak = Math.Max(peak, Tensor.LiveCount)))
            Assert.Equal(before + 1, Tensor.LiveCount);
        Assert.Equal(before + 1, peak);
        using (new SdeSampler().Sample(field, start, [0, 0.5, 0.9], _ => Ops.Ones([4])))
            Assert.Equal(before + 1, Tensor.LiveCount);
        Assert.Equal(before, Tensor.LiveCount);
        Assert.Equal([1f, 1f, 1f, 1f], start.ToArray<float>());
    }

    [Fact]
    public void Cancelling_stops_between_steps_and_leaks_nothing()
    {
        using var start = Ops.Ones([4]);
        var before = TensorCount.Settled();
        using var source = new CancellationTokenSource();
        var calls = 0;
        var field = Field((x, _) =>
        {
            if (++calls == 3)
                source.Cancel();
            return x;
        });
        Assert.Throws<OperationCanceledException>(() => new OdeSampler().Sample(field, start, new TimeInterval(0, 1).Grid(20), cancellation: source.Token));
        Assert.Equal(3, calls);
        Assert.Equal(before, Tensor.LiveCount);
    }

    [Fact]
    public void Results_carry_no_gradient()
    {
        using var scope = Scope.Enter();
        var weight = Ops.Ones([1]);
        weight.RequiresGrad = true;
        Assert.False(new OdeSampler().Sample(Field((x, _) => x * weight), Ops.Ones([1]), Uneven).RequiresGrad);
        Assert.True(GradMode.IsEnabled);
    }

    [Fact]
    public void A_grid_of_one_time_is_refused()
    {
        using var start = Ops.Ones([1]);
        var error = Assert.Throws<ArgumentException>(() => new OdeSampler().Sample(Field((x, _) => x), start, [0]));
        Assert.StartsWith("a sampler needs a grid of at least 2 times, not 1", error.Message, StringComparison.Ordinal);
    }

    private static FlowField Field(FlowModel velocity) => new(InterpolantPath.Linear, FlowPrediction.Velocity, velocity);
}
