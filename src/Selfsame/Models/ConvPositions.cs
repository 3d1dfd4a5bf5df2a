using System.Globalization;
using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Settings of <see cref="ConvPositions"/>.</summary>
public sealed record ConvPositionSettings
{
    /// <summary>Frames that a position sees, at least 2; shared out between the layers when there are several, 3 at the least for each.</summary>
    public int Kernel { get; init; } = 128;

    /// <summary>Groups of channels.</summary>
    public int Groups { get; init; } = 16;

    /// <summary>Layers: 1 is wav2vec 2.0's, with weight norm; data2vec has 5, each followed by a norm.</summary>
    public int Depth { get; init; } = 1;
}

/// <summary>Positions by grouped convolution: what a frame gets added tells how its surroundings lie about it.</summary>
/// <remarks>
/// wav2vec 2.0, https://arxiv.org/abs/2006.11477, section 2, after Mohamed et al. 2019, https://arxiv.org/abs/1904.11660; with several layers, data2vec, https://arxiv.org/abs/2202.03555.
/// </remarks>
public sealed class ConvPositions : Module
{
    private readonly WeightNormConv1d? _single;
    private readonly Conv1d[] _stack = [];
    private readonly bool _even;

    /// <summary>Makes the layers: <c>conv</c> for one, <c>layers.0.conv</c> … for several.</summary>
    public ConvPositions(int width, ConvPositionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (width % settings.Groups != 0)
            throw new ShapeException($"A convolution of {width} channels can't be cut into {settings.Groups} groups; take a divisor of {width}.");
        var kernel = settings.Depth == 1 ? settings.Kernel : Math.Max(3, settings.Kernel / settings.Depth);
        _even = kernel % 2 == 0;
        var deviation = Math.Sqrt(4.0 / ((double)kernel * width));
        if (settings.Depth == 1)
        {
            _single = Child("conv", new WeightNormConv1d(width, kernel, settings.Groups, deviation));
            return;
        }

        _stack = new Conv1d[settings.Depth];
        for (var k = 0; k < _stack.Length; k++)
            _stack[k] = Child(string.Create(CultureInfo.InvariantCulture, $"layers.{k}.conv"), new Conv1d(width, width, kernel, padding: kernel / 2, groups: settings.Groups));
    }

    /// <param name="frames">(B, T, D).</param>
    /// <returns>Positions to add, same shape.</returns>
    public Tensor Forward(Tensor frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var x = frames.Transpose(1, 2);
        if (_single is not null)
            return Observed(Cut(_single.Forward(x)).Gelu().Transpose(1, 2));
        foreach (var conv in _stack)
        {
            var normed = Cut(conv.Forward(x)).Transpose(1, 2).Contiguous().FusedLayerNorm(null, null, 1e-5, frames.DType);
            x = normed.Gelu().Transpose(1, 2);
        }

        return Observed(x.Transpose(1, 2));
    }

    // An even kernel gives one frame too many.
    private Tensor Cut(Tensor x) => _even ? x.Narrow(2, 0, x.Size(2) - 1) : x;
}

/// <summary>Grouped convolution over time whose weight is a direction times a length, one length for each tap of the kernel.</summary>
/// <remarks>Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868, equation 2.</remarks>
internal sealed class WeightNormConv1d : Module
{
    private readonly Parameter _length, _direction, _bias;
    private readonly int _kernel, _groups;

    internal WeightNormConv1d(int width, int kernel, int groups, double deviation)
    {
        (_kernel, _groups) = (kernel, groups);
        // The length of a tap's direction at the start, nearly, so that the weight starts as the direction was drawn.
        _length = Trainable("weight_g", Init.Constant(deviation * Math.Sqrt((double)width * width / groups)), 1, 1, kernel);
        _direction = Trainable("weight_v", Init.Normal(deviation), width, width / groups, kernel);
        _bias = Trainable("bias", Init.Zeros, width);
    }

    /// <param name="x">(B, D, T).</param>
    /// <returns>(B, D, T), one frame longer with an even kernel.</returns>
    internal Tensor Forward(Tensor x)
    {
        var weight = _direction.Value * (_length.Value / _direction.Value.VectorNorm(dim: [0, 1], keepdim: true));
        return Observed(x.Conv1d(weight, _bias.Value, [1], [_kernel / 2], [1], _groups));
    }
}
