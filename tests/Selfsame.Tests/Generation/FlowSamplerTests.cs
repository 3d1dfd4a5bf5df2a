using Selfsame.Generation;
using Selfsame.Models;
using Selfsame.Tests.Engine;
using Selfsame.Torch;

namespace Selfsame.Tests.Generation;

[Collection(nameof(TensorCount))]
public sealed class FlowSamplerTests : IDisposable
{
    private readonly DiffusionTransformer _model = Model(classes: 4);
    private readonly Tensor _start = Normal(1);
    private readonly Tensor _labels = Tensor.From<long>([0, 2]);

    public void Dispose()
    {
        _model.Dispose();
        _start.Dispose();
        _labels.Dispose();
    }

    [Fact]
    public void A_guidance_of_1_is_the_conditional_model_and_of_0_the_unconditional_one()
    {
        var settings = new SamplerSettings { Steps = 4 };
        var conditional = Sample(settings);
        var unconditional = Sample(settings, labelled: false);
        Assert.NotEqual(conditional, unconditional);
        Assert.Equal(conditional, Sample(settings with { Guidance = new(1) }));
        Close(unconditional, Sample(settings with { Guidance = new(0) }));
        Assert.NotEqual(conditional, Sample(settings with { Guidance = new(2) }));
    }

    [Fact]
    public void Outside_its_interval_guidance_does_nothing()
    {
        var settings = new SamplerSettings { Steps = 4 }; // asked at 1, 0.75, 0.5, 0.25
        Assert.Equal(Sample(settings), Sample(settings with { Guidance = new(3, 0.26, 0.49) }));
        Assert.NotEqual(Sample(settings), Sample(settings with { Guidance = new(3, 0.26, 0.5) }));
    }

    [Theory]
    [InlineData(SamplerKind.Ode, StepMethod.Heun)]
    [InlineData(SamplerKind.Sde, StepMethod.Euler)]
    public void The_labelled_half_is_the_same_whether_or_not_the_other_is_followed(SamplerKind kind, StepMethod method)
    {
        using var scope = Scope.Enter();
        var settings = new SamplerSettings { Kind = kind, Method = method, Steps = 4, Guidance = new(2, 0.3, 0.9) };
        var both = FlowSampler.Sample(_model, Ops.Cat([_start, _start]), _labels, settings, step => Ops.Cat([Normal(50 + step), Normal(step)]));
        var one = FlowSampler.Sample(_model, _start, _labels, settings, Normal);
        Close(one.ToArray<float>(), both.Narrow(0, 2, 2).ToArray<float>());
    }

    [Fact]
    public void Levels_fall_from_noise_to_data()
    {
        Assert.Equal([1, 0.75, 0.5, 0], new SamplerSettings { Kind = SamplerKind.Sde, Steps = 3, LastStepSize = 0.5 }.Levels());
        Assert.Equal([1, 0.5, 0], new SamplerSettings { Steps = 2 }.Levels());
        Assert.Equal([1, 0.75, 0], new SamplerSettings { Steps = 2, Shift = 3 }.Levels()); // 3 · 0.5 / (1 + 2 · 0.5)
        Assert.Equal([1, 0.5, 0], new SamplerSettings { Kind = SamplerKind.Sde, Steps = 2, LastStep = LastStep.None }.Levels());
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Refused(new() { Steps = 0 }, "Steps");
        Refused(new() { Kind = SamplerKind.Sde, Steps = 1 }, "Steps");
        Refused(new() { Shift = 0 }, "shift");
        Refused(new() { Kind = SamplerKind.Sde, LastStepSize = 1 }, "LastStepSize");
        Refused(new() { Kind = SamplerKind.Sde, LastStep = LastStep.None, Method = StepMethod.Heun }, "Method");
        Refused(new() { Kind = SamplerKind.Sde, Diffusion = DiffusionForm.ScoreBased }, "Diffusion");

        static void Refused(SamplerSettings settings, string name) =>
            Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => settings.Levels()).ParamName);
    }

    [Fact]
    public void Labels_must_fit_model_batch_and_guidance()
    {
        using var bare = Model(classes: 0);
        var guided = new SamplerSettings { Steps = 2, Guidance = new(2) };
        Refused("guidance needs labels; give some, or set no guidance", () => FlowSampler.Sample(_model, _start, null, guided));
        Refused("the model was made without labels; give none", () => FlowSampler.Sample(bare, _start, _labels, new() { Steps = 2 }));
        using var one = Tensor.From<long>([0]);
        Refused("a start of 2 samples does not fit 1 labels; give one label for each sample", () => FlowSampler.Sample(_model, _start, one, new() { Steps = 2 }));
        Assert.Throws<ArgumentNullException>(() => FlowSampler.Sample(_model, _start, _labels, new() { Kind = SamplerKind.Sde }));
        using var plain = FlowSampler.Sample(bare, _start, null, new() { Steps = 2 });
        Assert.Equal(_start.Shape, plain.Shape);

        static void Refused(string message, Action action) =>
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SamplerKind.Ode)]
    [InlineData(SamplerKind.Sde)]
    public void Sampling_leaves_only_its_result(SamplerKind kind)
    {
        var before = TensorCount.Settled();
        using (FlowSampler.Sample(_model, _start, _labels, new() { Kind = kind, Steps = 3, Guidance = new(2) }, Normal))
            Assert.Equal(before + 1, Tensor.LiveCount);
        Assert.Equal(before, Tensor.LiveCount);
    }

    private static DiffusionTransformer Model(int classes)
    {
        var model = new DiffusionTransformer(new()
        {
            Blocks = new() { Width = 8, Depth = 1, Heads = 2, Mlp = MlpKind.GeluTanh },
            TokenWidth = 3,
            Grid = (2, 2),
            Classes = classes,
        });
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        using var generator = new Generator(5);
        foreach (var parameter in model.TrainableParameters())
            parameter.Value.NormalInPlace(0, 0.3, generator); // the official start puts out zeros
        return model;
    }

    private static Tensor Normal(int seed)
    {
        using var generator = new Generator((ulong)seed);
        return Ops.Empty([2, 4, 3]).NormalInPlace(generator: generator);
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], actual[k], 1e-5f);
    }

    private float[] Sample(SamplerSettings settings, bool labelled = true)
    {
        using var result = FlowSampler.Sample(_model, _start, labelled ? _labels : null, settings);
        return result.ToArray<float>();
    }
}
