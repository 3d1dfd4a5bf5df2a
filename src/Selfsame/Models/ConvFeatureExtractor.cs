using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Where a stack of waveform convolutions normalises.</summary>
public enum ConvNorm
{
    /// <summary>After the first layer only, each channel over time: wav2vec 2.0 base, HuBERT base.</summary>
    Group,

    /// <summary>After every layer, over the channels: the large models, data2vec.</summary>
    Layer,
}

/// <summary>One convolution over time.</summary>
/// <param name="Width">Channels out.</param>
/// <param name="Kernel">Steps that one output sees.</param>
/// <param name="Stride">Steps between outputs.</param>
public readonly record struct ConvStep(int Width, int Kernel, int Stride);

/// <summary>Strided convolutions that turn a waveform into frames. Baevski et al. 2020, https://arxiv.org/abs/2006.11477, section 2.</summary>
public sealed class ConvFeatureExtractor : Module
{
    private readonly ModuleList<ConvLayer> _layers;
    private readonly IReadOnlyList<ConvStep> _steps;

    /// <summary>Makes the layers, named as Hugging Face does: <c>conv_layers.0.conv</c>, <c>conv_layers.0.layer_norm</c>.</summary>
    /// <param name="steps">The convolutions, at least one.</param>
    /// <param name="norm">Where to normalise.</param>
    /// <param name="bias">Biases in the convolutions.</param>
    /// <exception cref="ArgumentException">There is no convolution.</exception>
    public ConvFeatureExtractor(IReadOnlyList<ConvStep> steps, ConvNorm norm, bool bias = false)
    {
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.Count == 0)
            throw new ArgumentException("a waveform needs at least one convolution", nameof(steps));
        _steps = steps;
        var layers = new ConvLayer[steps.Count];
        for (var k = 0; k < layers.Length; k++)
            layers[k] = new ConvLayer(k == 0 ? 1 : steps[k - 1].Width, steps[k], norm == ConvNorm.Layer ? norm : k == 0 ? ConvNorm.Group : null, bias);
        _layers = Child("conv_layers", new ModuleList<ConvLayer>(layers));
    }

    /// <summary>Channels of a frame.</summary>
    public int Width => _steps[^1].Width;

    /// <summary>Samples between two frames.</summary>
    public int Stride => _steps.Aggregate(1, (product, step) => product * step.Stride);

    /// <summary>Frames of so many samples; 0 where they are too few for one.</summary>
    public long Frames(long samples)
    {
        foreach (var step in _steps)
            samples = samples < step.Kernel ? 0 : ((samples - step.Kernel) / step.Stride) + 1;
        return samples;
    }

    /// <summary>Which frames have no data.</summary>
    /// <param name="padding">True where there is no sample, (B, S), bool; the data comes first in each row.</param>
    /// <returns>(B, T), bool.</returns>
    public Tensor FramePadding(Tensor padding)
    {
        ArgumentNullException.ThrowIfNull(padding);
        using var guard = GradMode.Off();
        var samples = padding.Size(1);
        var counts = padding.LogicalNot().Sum([1], dtype: DType.Int64).ToArray<long>();
        var frames = Tensor.From<long>(Array.ConvertAll(counts, Frames)).To(padding.Device, DType.Int64);
        return Ops.Arange(Frames(samples), dtype: DType.Int64, device: padding.Device).Unsqueeze(0).Ge(frames.Unsqueeze(1));
    }

    /// <param name="wave">(B, S).</param>
    /// <returns>(B, T, <see cref="Width"/>).</returns>
    /// <exception cref="ShapeException">The waveform is too short for one frame.</exception>
    public Tensor Forward(Tensor wave)
    {
        ArgumentNullException.ThrowIfNull(wave);
        if (Frames(wave.Size(1)) == 0)
            throw new ShapeException($"A waveform of {wave.Size(1)} samples is too short for one frame of {Stride} samples and more; pad it, or leave it out.");
        var x = wave.Unsqueeze(1);
        for (var k = 0; k < _layers.Count; k++)
            x = _layers[k].Forward(x);
        return x.Transpose(1, 2);
    }
}

/// <summary>Convolution over time, norm, GELU.</summary>
internal sealed class ConvLayer : Module
{
    private readonly Conv1d _conv;
    private readonly LayerNorm? _layerNorm;
    private readonly ChannelNorm? _channelNorm;

    internal ConvLayer(int inputs, ConvStep step, ConvNorm? norm, bool bias)
    {
        // He et al. 2015, https://arxiv.org/abs/1502.01852: what comes out of a layer varies as much as what goes in.
        _conv = Child("conv", new Conv1d(inputs, step.Width, step.Kernel, step.Stride, bias: bias, init: Init.Normal(Math.Sqrt(2.0 / (inputs * step.Kernel)))));
        if (norm == ConvNorm.Layer)
            _layerNorm = Child("layer_norm", new LayerNorm(step.Width, 1e-5));
        else if (norm == ConvNorm.Group)
            _channelNorm = Child("layer_norm", new ChannelNorm(step.Width));
    }

    /// <param name="x">(B, C, T).</param>
    /// <returns>(B, C', T').</returns>
    internal Tensor Forward(Tensor x)
    {
        x = _conv.Forward(x);
        if (_layerNorm is not null)
            return Observed(_layerNorm.Forward(x.Transpose(1, 2).Contiguous(), x.DType).Gelu().Transpose(1, 2));
        return Observed((_channelNorm is null ? x : _channelNorm.Forward(x)).Gelu());
    }
}

/// <summary>Each channel of a sample brought to mean 0 and variance 1 over time, then scaled and shifted: group normalisation with one channel in a group.</summary>
internal sealed class ChannelNorm : Module
{
    private readonly Parameter _weight, _bias;
    private readonly int _width;

    internal ChannelNorm(int width)
    {
        _width = width;
        _weight = Trainable("weight", Init.Ones, width);
        _bias = Trainable("bias", Init.Zeros, width);
    }

    /// <param name="x">(B, C, T).</param>
    /// <returns>Same shape.</returns>
    internal Tensor Forward(Tensor x) => Observed(x.GroupNorm(_width, _weight.Value, _bias.Value, 1e-5));
}
