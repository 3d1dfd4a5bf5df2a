namespace Selfsame.Torch;

/// <summary>Activations between two linear layers.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Gaussian error linear unit, exact.</summary>
    Gelu,

    /// <summary>Gaussian error linear unit, tanh approximation.</summary>
    GeluTanh,

    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>y = activation(x Wᵀ + b).</summary>
public sealed class Linear : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Activation _activation;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Width of the input, at least 1.</param>
    /// <param name="outputs">Width of the output, at least 1.</param>
    /// <param name="bias">Add a bias.</param>
    /// <param name="init">Start of the weight; timm's truncated normal (0.02) when null.</param>
    /// <param name="biasInit">Start of the bias; zeros when null.</param>
    /// <param name="activation">Applied to the result, in the same pass where the kernel can.</param>
    public Linear(long inputs, long outputs, bool bias = true, Init? init = null, Init? biasInit = null, Activation activation = Activation.None)
    {
        _weight = Trainable("weight", init ?? Init.TruncatedNormal(0.02), outputs, inputs);
        _bias = bias ? Trainable("bias", biasInit ?? Init.Zeros, outputs) : null;
        _activation = activation;
    }

    /// <summary>The matrix, (outputs, inputs).</summary>
    public Tensor Weight => _weight.Value;

    /// <summary>The bias, (outputs), or null.</summary>
    public Tensor? Bias => _bias?.Value;

    /// <param name="input">(…, inputs).</param>
    /// <returns>(…, outputs).</returns>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var low = LowPrecision.IsOn ? _weight.Low : null;
        return _activation == Activation.Relu
            ? Observed(input.FusedLinear(_weight.Value, _bias?.Value, low, "none").Relu())
            : Observed(input.FusedLinear(_weight.Value, _bias?.Value, low, Name(_activation)));
    }

    /// <summary>With a bias from elsewhere; the layer itself has neither bias nor activation.</summary>
    /// <param name="input">(…, inputs).</param>
    /// <param name="bias">(outputs).</param>
    /// <returns>(…, outputs).</returns>
    public Tensor Forward(Tensor input, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(bias);
        return Observed(input.FusedLinear(_weight.Value, bias, LowPrecision.IsOn ? _weight.Low : null, "none"));
    }

    private static string Name(Activation activation) => activation switch
    {
        Activation.None => "none",
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_tanh",
        Activation.Silu => "silu",
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "known: None, Gelu, GeluTanh, Silu, Relu"),
    };
}

/// <summary>Layer normalisation over the last dimension. Ba et al. 2016, https://arxiv.org/abs/1607.06450.</summary>
public sealed class LayerNorm : Module
{
    private readonly Parameter? _weight, _bias;
    private readonly double _eps;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="eps">Added to the variance; timm's transformers use 1e-6.</param>
    /// <param name="affine">Scale and shift after normalising.</param>
    public LayerNorm(long width, double eps = 1e-6, bool affine = true)
    {
        _eps = eps;
        if (!affine)
            return;
        _weight = Trainable("weight", Init.Ones, width);
        _bias = Trainable("bias", Init.Zeros, width);
    }

    /// <param name="input">(…, width).</param>
    /// <returns>Same shape: mean 0 and variance 1 over the last dimension, then scale and shift.</returns>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Forward(input, LowPrecision.Of(input));
    }

    /// <param name="input">(…, width).</param>
    /// <param name="output">Type of the result, whatever the precision of matrix products.</param>
    /// <returns>Same shape.</returns>
    public Tensor Forward(Tensor input, DType output)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Observed(input.FusedLayerNorm(_weight?.Value, _bias?.Value, _eps, output));
    }
}

/// <summary>Root-mean-square normalisation. Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.</summary>
public sealed class RmsNorm : Module
{
    private readonly Parameter _weight;
    private readonly double _eps;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="eps">Added to the mean square.</param>
    public RmsNorm(long width, double eps = 1e-6) => (_weight, _eps) = (Trainable("weight", Init.Ones, width), eps);

    /// <param name="input">(…, width).</param>
    /// <returns>Same shape.</returns>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Observed(input * (input.Square().Mean(-1, keepDim: true) + _eps).Rsqrt() * _weight.Value);
    }
}

/// <summary>A table of vectors looked up by number.</summary>
public sealed class Embedding : Module
{
    private readonly Parameter _weight;

    /// <summary>Makes the table.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="width">Size of a row.</param>
    /// <param name="init">Start; normal (0.02) when null.</param>
    public Embedding(long count, long width, Init? init = null) => _weight = Trainable("weight", init ?? Init.Normal(0.02), count, width);

    /// <summary>The table, (count, width).</summary>
    public Tensor Weight => _weight.Value;

    /// <param name="ids">Row numbers, any shape, int64.</param>
    /// <returns>(…, width).</returns>
    public Tensor Forward(Tensor ids) => Observed(Ops.Embedding(_weight.Value, ids));
}

/// <summary>2-D convolution.</summary>
public sealed class Conv2d : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly long _stride, _padding;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="stride">Step between windows.</param>
    /// <param name="padding">Zeros around the picture.</param>
    /// <param name="bias">Add a bias.</param>
    /// <param name="init">Start of the weight; PyTorch's default when null.</param>
    /// <param name="channelsLast">Keep the weight in memory with its inputs last once an arena holds it. For pictures whose channels lie last in memory: nothing is turned around a convolution then.</param>
    public Conv2d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, bool bias = true, Init? init = null, bool channelsLast = false)
    {
        (_stride, _padding) = (stride, padding);
        _weight = Trainable("weight", init ?? Init.FanIn, outputs, inputs, kernel, kernel);
        _weight.ChannelsLast = channelsLast;
        _bias = bias ? Trainable("bias", Init.Uniform(1 / Math.Sqrt(inputs * kernel * kernel)), outputs) : null;
    }

    /// <param name="input">(batch, channels, height, width).</param>
    /// <returns>(batch, outputs, …).</returns>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Observed(input.Conv2d(_weight.Value, _bias?.Value, [_stride, _stride], [_padding, _padding]));
    }
}

/// <summary>1-D convolution.</summary>
public sealed class Conv1d : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly long _stride, _padding, _groups;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Length of the kernel.</param>
    /// <param name="stride">Step between windows.</param>
    /// <param name="padding">Zeros at either end.</param>
    /// <param name="groups">Groups of channels that do not mix; a divisor of both.</param>
    /// <param name="bias">Add a bias.</param>
    /// <param name="init">Start of the weight; PyTorch's default when null.</param>
    public Conv1d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, long groups = 1, bool bias = true, Init? init = null)
    {
        (_stride, _padding, _groups) = (stride, padding, groups);
        _weight = Trainable("weight", init ?? Init.FanIn, outputs, inputs / groups, kernel);
        _bias = bias ? Trainable("bias", Init.Uniform(1 / Math.Sqrt(inputs / groups * kernel)), outputs) : null;
    }

    /// <param name="input">(batch, inputs, length).</param>
    /// <returns>(batch, outputs, …).</returns>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Observed(input.Conv1d(_weight.Value, _bias?.Value, [_stride], [_padding], [1], _groups));
    }
}

/// <summary>Batch normalisation over the first dimension. Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167.</summary>
public sealed class BatchNorm : Module
{
    private readonly Parameter? _weight, _bias;
    private readonly Parameter _mean, _variance;
    private readonly double _eps, _momentum;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Channels: the second dimension of the input.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">Share of the newest batch in the running statistics.</param>
    /// <param name="affine">Scale and shift after normalising.</param>
    public BatchNorm(long width, double eps = 1e-5, double momentum = 0.1, bool affine = true)
    {
        (_eps, _momentum) = (eps, momentum);
        if (affine)
        {
            _weight = Trainable("weight", Init.Ones, width);
            _bias = Trainable("bias", Init.Zeros, width);
        }

        _mean = Buffer("running_mean", Ops.Zeros([width]));
        _variance = Buffer("running_var", Ops.Ones([width]));
    }

    /// <param name="input">(batch, width) or (batch, width, …).</param>
    /// <returns>Same shape. In training the batch's biased variance normalises and the unbiased one enters the running statistics.</returns>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Observed(input.BatchNorm(_weight?.Value, _bias?.Value, _mean.Value, _variance.Value, Training, _momentum, _eps, false));
    }
}
