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

    /// <summary>The same draws for a tensor that has the samples on another axis than the first, such as (depth, B).</summary>
    /// <param name="axis">Axis of the samples, from 0.</param>
    /// <remarks>Only a batch that is split into parts needs to know: each part then gets its rows of what the whole batch draws.</remarks>
    public virtual StepContext Along(int axis) => this;

    /// <summary>The same draws for a tensor that holds for all samples of the batch alike, such as one mask for all.</summary>
    public virtual StepContext ForAll => this;

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <param name="name">What they are for; the same name gives the same numbers within a step.</param>
    /// <param name="shape">Sizes, the samples first; several views of them in one tensor one after the other.</param>
    public abstract Tensor Uniform(string name, params ReadOnlySpan<long> shape);

    /// <summary>Standard normal numbers.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="shape">Sizes.</param>
    public abstract Tensor Normal(string name, params ReadOnlySpan<long> shape);

    /// <summary>The same draws as numbers in host memory, for what is decided there.</summary>
    protected virtual StepContext OnHost => this;

    /// <summary>Draws that decide which paths of a network are dropped.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="depth">Blocks of the network.</param>
    /// <param name="batch">Samples.</param>
    /// <returns>(depth, 2, batch) uniform numbers, row-major.</returns>
    public float[] DropPaths(string name, long depth, long batch) => Along(2).OnHost.Uniform(name, depth, 2, batch).ToArray<float>();

    /// <summary>A source of single draws for one sample, for what is drawn one by one on the host, such as masks.</summary>
    /// <param name="name">What they are for; the same name gives the same numbers within a step.</param>
    /// <param name="sample">Which sample, counted from the first of those that are computed; 0 for what the batch draws as a whole.</param>
    public virtual IDraws Draws(string name, int sample) => throw new NotSupportedException($"this step has no draws one by one ({name})");

    /// <summary>Noise levels from a distribution.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="distribution">p(t).</param>
    /// <param name="count">How many.</param>
    /// <returns>(count), float32, in [0, 1].</returns>
    public abstract Tensor NoiseLevels(string name, INoiseLevels distribution, int count);
}

/// <summary>The samples of a step's batch that one micro-batch holds.</summary>
/// <param name="First">Number of its first sample within the batch.</param>
/// <param name="Count">Samples in it.</param>
/// <param name="Total">Samples in the whole batch.</param>
public readonly record struct BatchPart(long First, long Count, long Total);

/// <summary>Draws that are a pure function of (seed, step, name), so that a resumed run repeats them.</summary>
/// <remarks>
/// A part of a batch draws what the whole batch would draw and takes its own rows, so that a batch gives the same result in however many parts.
/// </remarks>
public sealed class SeededStep : StepContext
{
    private const int Nowhere = -1;

    private readonly ulong _key;
    private readonly BatchPart? _part;
    private readonly int _axis;

    /// <summary>Makes the draws of a step.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="part">The samples that are computed; null for the whole batch.</param>
    public SeededStep(ulong seed, long step, BatchPart? part = null)
    {
        Step = step;
        _key = unchecked((seed * 0xD1342543DE82EF95UL) ^ ((ulong)step * 0x9E3779B97F4A7C15UL));
        _part = part is { } some && some.Count < some.Total ? part : null;
    }

    private SeededStep(SeededStep other, int axis, Device device)
    {
        (_key, _part, _axis) = (other._key, other._part, axis);
        (Step, Device) = (other.Step, device);
    }

    /// <summary>The same numbers on another device.</summary>
    /// <param name="device">Where the model's tensors live.</param>
    public SeededStep On(Device device) => device == Device ? this : new SeededStep(this, _axis, device);

    /// <inheritdoc/>
    public override StepContext Along(int axis) => _part is null ? this : new SeededStep(this, axis, Device);

    /// <inheritdoc/>
    public override StepContext ForAll => Along(Nowhere);

    /// <inheritdoc/>
    protected override StepContext OnHost => On(Device.Cpu);

    /// <inheritdoc/>
    public override Tensor Uniform(string name, params ReadOnlySpan<long> shape)
    {
        using var generator = new Generator(Init.SeedOf(_key, name));
        var values = Rows(Ops.Empty(Whole(shape)).UniformInPlace(generator: generator), shape);
        return values.To(Device, DType.Float32);
    }

    /// <inheritdoc/>
    public override Tensor Normal(string name, params ReadOnlySpan<long> shape)
    {
        using var generator = new Generator(Init.SeedOf(_key, name));
        var values = Rows(Ops.Empty(Whole(shape)).NormalInPlace(generator: generator), shape);
        return values.To(Device, DType.Float32);
    }

    /// <inheritdoc/>
    public override IDraws Draws(string name, int sample) => new Randomness.SeededDraws(Init.SeedOf(_key, name), (ulong)Step, (ulong)(sample + (_part?.First ?? 0)));

    /// <inheritdoc/>
    public override Tensor NoiseLevels(string name, INoiseLevels distribution, int count)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        var levels = new double[Whole([count])[0]];
        distribution.Sample(new Corruption.SeededDraws(unchecked((long)Init.SeedOf(_key, name)), Step), levels);
        return Rows(Tensor.From<double>(levels), [count]).To(Device, DType.Float32);
    }

    // Samples, or several views of them one after the other, lie on the axis; anything else holds for all samples.
    private bool IsSplit(ReadOnlySpan<long> shape) =>
        _part is { } part && _axis >= 0 && _axis < shape.Length && shape[_axis] > 0 && shape[_axis] % part.Count == 0;

    private long[] Whole(ReadOnlySpan<long> shape)
    {
        var whole = shape.ToArray();
        if (IsSplit(shape))
            whole[_axis] = shape[_axis] / _part!.Value.Count * _part.Value.Total;
        return whole;
    }

    private Tensor Rows(Tensor whole, ReadOnlySpan<long> shape)
    {
        if (!IsSplit(shape))
            return whole;
        var part = _part!.Value;
        if (shape[_axis] == part.Count)
            return whole.Narrow(_axis, part.First, part.Count).Contiguous();
        long[] views = [.. shape[.._axis], shape[_axis] / part.Count, part.Total, .. shape[(_axis + 1)..]];
        return whole.View(views).Narrow(_axis + 1, part.First, part.Count).Contiguous().View(shape);
    }
}
