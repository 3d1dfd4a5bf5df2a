using Selfsame.Corruption;
using Selfsame.Randomness;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Random draws of one step by name: drawn from (seed, step, name) in training, replayed in a parity test. Nothing else in an objective is random.</summary>
public abstract class StepContext
{
    /// <summary>Where the model's tensors live.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Steps done before this one.</summary>
    public long Step { get; init; }

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <param name="name">What they are for; the same name gives the same numbers within a step.</param>
    /// <param name="shape">Sizes.</param>
    public abstract Tensor Uniform(string name, params ReadOnlySpan<long> shape);

    /// <summary>Standard normal numbers.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="shape">Sizes.</param>
    public abstract Tensor Normal(string name, params ReadOnlySpan<long> shape);

    /// <summary>A source of single draws, for what is drawn one by one on the host, such as masks.</summary>
    /// <param name="name">What they are for; the same name gives the same numbers within a step.</param>
    public virtual IDraws Draws(string name) => throw new NotSupportedException($"this step has no draws one by one ({name})");

    /// <summary>Noise levels from a distribution.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="distribution">p(t).</param>
    /// <param name="count">How many.</param>
    /// <returns>(count), float32, in [0, 1].</returns>
    public abstract Tensor NoiseLevels(string name, INoiseLevels distribution, int count);
}

/// <summary>Draws that are a pure function of (seed, step, part, name), so that a resumed run repeats them.</summary>
public sealed class SeededStep : StepContext
{
    private readonly ulong _key;

    /// <summary>Makes the draws of one micro-batch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="part">Number of the micro-batch within the step.</param>
    public SeededStep(ulong seed, long step, int part = 0)
    {
        Step = step;
        _key = unchecked((seed * 0xD1342543DE82EF95UL) ^ ((ulong)step * 0x9E3779B97F4A7C15UL) ^ ((ulong)part * 0xC2B2AE3D27D4EB4FUL));
    }

    /// <inheritdoc/>
    public override Tensor Uniform(string name, params ReadOnlySpan<long> shape)
    {
        using var generator = new Generator(Init.SeedOf(_key, name));
        return Ops.Empty(shape).UniformInPlace(generator: generator).To(Device, DType.Float32);
    }

    /// <inheritdoc/>
    public override Tensor Normal(string name, params ReadOnlySpan<long> shape)
    {
        using var generator = new Generator(Init.SeedOf(_key, name));
        return Ops.Empty(shape).NormalInPlace(generator: generator).To(Device, DType.Float32);
    }

    /// <inheritdoc/>
    public override IDraws Draws(string name) => new Randomness.SeededDraws(Init.SeedOf(_key, name), (ulong)Step, 0);

    /// <inheritdoc/>
    public override Tensor NoiseLevels(string name, INoiseLevels distribution, int count)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        var levels = new double[count];
        distribution.Sample(new Corruption.SeededDraws(unchecked((long)Init.SeedOf(_key, name)), Step), levels);
        return Tensor.From<double>(levels).To(Device, DType.Float32);
    }
}
