using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Transformer block: x + Attention(Norm(x)), then x + Mlp(Norm(x)); post-norm, Norm(x + Attention(x)), then Norm(x + Mlp(x)); with a condition, adaLN-Zero around both branches.</summary>
/// <remarks>
/// Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929, equations 2 and 3; post-norm, Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.1. Conditioned (Peebles and Xie 2022, https://arxiv.org/abs/2212.09748):
/// (shift₁, scale₁, gate₁, shift₂, scale₂, gate₂) = Linear(silu(c)); x + gate · Branch(Norm(x) · (1 + scale) + shift).
/// The linear layer runs once for each distinct condition, not once for each token.
/// </remarks>
public sealed class Block : Module
{
    private readonly Module? _norm1, _norm2;
    private readonly Attention _attention;
    private readonly Mlp _mlp;
    private readonly LayerScale? _scale1, _scale2;
    private readonly Modulation? _modulation;
    private readonly double _eps, _dropPath;
    private readonly int _index;
    private readonly bool _postNorm, _isLast;

    /// <summary>Makes block number <paramref name="index"/> of a transformer.</summary>
    public Block(TransformerSettings settings, int index, Init? init = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.PostNorm && settings.Conditioned)
            throw new ArgumentException("a conditioned block normalises before its branches; post-norm does not go with it", nameof(settings));
        (_index, _eps, _postNorm, _isLast) = (index, settings.NormEps, settings.PostNorm, index == settings.Depth - 1);
        _dropPath = settings.Depth > 1 ? settings.DropPath * index / (settings.Depth - 1) : settings.DropPath;
        if (settings.Norm != NormKind.LayerPlain)
            _norm1 = Child("norm1", MakeNorm(settings));
        _attention = Child("attn", new Attention(settings, init));
        if (settings.LayerScale is { } start)
            _scale1 = Child("ls1", new LayerScale(settings.Width, start));
        if (settings.Norm != NormKind.LayerPlain)
            _norm2 = Child("norm2", MakeNorm(settings));
        _mlp = Child("mlp", new Mlp(settings.Width, settings.Hidden, settings.Mlp, init));
        if (settings.LayerScale is { } start2)
            _scale2 = Child("ls2", new LayerScale(settings.Width, start2));
        if (settings.Conditioned)
            _modulation = Child("adaLN_modulation", new Modulation(settings.Width, 6));
    }

    /// <summary>A parameter that is trained wherever the block is.</summary>
    internal Tensor Anchor => _mlp.Anchor;

    /// <param name="x">Tokens, (B, N, D).</param>
    /// <param name="context">Mask, positions, condition.</param>
    /// <returns>(B, N, D).</returns>
    /// <exception cref="ArgumentException">The block is conditioned and the context has no condition.</exception>
    public Tensor Forward(Tensor x, BlockContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        var record = context.Record?.Block == _index + 1 ? context.Record : null;
        var first = _isLast ? context.LastTokens : null;
        if (_modulation is null)
            return Observed(_postNorm ? PostNorm(x, context, record, first) : PreNorm(x, context, record, first));
        if (first is not null)
            throw new NotSupportedException("the last block of a conditioned transformer gives all tokens");

        var condition = context.Condition ?? throw new ArgumentException("a conditioned block needs BlockContext.Condition", nameof(context));
        var six = _modulation.Forward(condition).Chunk(6, -1);
        var branch = _attention.Forward(Conditioning.NormModulate(x, six[0], six[1], context.Group, _eps), context, record);
        x = Conditioning.GatedAdd(x, Kept(branch, context, 0), six[2], context.Group);
        branch = _mlp.Forward(Conditioning.NormModulate(x, six[3], six[4], context.Group, _eps));
        return Observed(Conditioning.GatedAdd(x, Kept(branch, context, 1), six[5], context.Group));
    }

    private Tensor PreNorm(Tensor x, BlockContext context, AttentionRecord? record, int? first)
    {
        x = Add(Attention.First(x, first), _attention.Forward(Normed(_norm1, x), context, record, first), _scale1, context, 0);
        return Add(x, Told(_mlp.Forward(Normed(_norm2, x)), context), _scale2, context, 1);
    }

    private Tensor PostNorm(Tensor x, BlockContext context, AttentionRecord? record, int? first)
    {
        x = Summed(_norm1, Add(Attention.First(x, first), _attention.Forward(x, context, record, first), _scale1, context, 0));
        return Summed(_norm2, Add(x, Told(_mlp.Forward(x), context), _scale2, context, 1));
    }

    private Tensor Told(Tensor branch, BlockContext context)
    {
        context.FeedForwards?.Add(_scale2 is null ? branch : branch * _scale2.Gamma);
        return branch;
    }

    internal static Module MakeNorm(TransformerSettings settings) => settings.Norm switch
    {
        NormKind.Layer => new LayerNorm(settings.Width, settings.NormEps),
        NormKind.LayerPlain => new LayerNorm(settings.Width, settings.NormEps, affine: false),
        NormKind.Rms => new RmsNorm(settings.Width, settings.NormEps),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Norm, "known: Layer, LayerPlain, Rms"),
    };

    private Tensor Add(Tensor x, Tensor branch, LayerScale? scale, BlockContext context, int which)
    {
        branch = Kept(branch, context, which);
        return scale is null ? x.ResidualAdd(branch) : x.ScaledAdd(branch, scale.Gamma);
    }

    private Tensor Normed(Module? norm, Tensor x) => norm switch
    {
        LayerNorm layer => layer.Forward(x),
        RmsNorm rms => rms.Forward(x),
        _ => x.FusedLayerNorm(null, null, _eps, LowPrecision.Of(x)),
    };

    // What runs from block to block keeps its own precision; the linear layers take it down themselves.
    private Tensor Summed(Module? norm, Tensor x) => norm switch
    {
        LayerNorm layer => layer.Forward(x, x.DType),
        RmsNorm rms => rms.Forward(x),
        _ => x.FusedLayerNorm(null, null, _eps, x.DType),
    };

    // Stochastic depth, Huang et al. 2016, https://arxiv.org/abs/1603.09382: whole branches of single samples, the rest scaled up.
    private Tensor Kept(Tensor branch, BlockContext context, int which)
    {
        if (_dropPath <= 0 || !Training || context.DropDraws is not { } draws)
            return branch;
        var batch = branch.Size(0);
        var keep = new float[batch];
        for (var b = 0; b < batch; b++)
            keep[b] = draws[(((_index * 2) + which) * batch) + b] >= _dropPath ? (float)(1 / (1 - _dropPath)) : 0f;
        return branch * Tensor.From<float>(keep, [batch, 1, 1]).To(branch.Device, branch.DType);
    }
}

/// <summary>A learned scale for every channel of a branch. Touvron et al. 2021, https://arxiv.org/abs/2103.17239, section 3.</summary>
public sealed class LayerScale : Module
{
    private readonly Parameter _gamma;

    /// <summary>Makes the scale.</summary>
    /// <param name="width">Channels.</param>
    /// <param name="start">Value of every channel at the start, for example 1e-5.</param>
    public LayerScale(long width, double start) => _gamma = Trainable("gamma", Init.Constant(start), width);

    /// <summary>The scale, (width).</summary>
    public Tensor Gamma => _gamma.Value;
}

/// <summary>Feed-forward part of a block.</summary>
public sealed class Mlp : Module
{
    private readonly Linear _fc1, _fc2;
    private readonly Activation? _gate;
    private readonly bool _quick;

    /// <summary>Makes the two layers.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="hidden">Width of the first layer's output.</param>
    /// <param name="kind">Activation; a gated kind halves the hidden width before the second layer.</param>
    /// <param name="init">Start of the weights.</param>
    public Mlp(long width, long hidden, MlpKind kind, Init? init = null)
    {
        var (activation, gate) = kind switch
        {
            MlpKind.Gelu => (Activation.Gelu, (Activation?)null),
            MlpKind.GeluTanh => (Activation.GeluTanh, null),
            MlpKind.Silu => (Activation.Silu, null),
            MlpKind.Relu => (Activation.Relu, null),
            MlpKind.QuickGelu => (Activation.None, null),
            MlpKind.SwiGlu => (Activation.None, Activation.Silu),
            MlpKind.GeGlu => (Activation.None, Activation.Gelu),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "known: " + string.Join(", ", Enum.GetNames<MlpKind>())),
        };
        (_gate, _quick) = (gate, kind == MlpKind.QuickGelu);
        _fc1 = Child("fc1", new Linear(width, hidden, init: init, activation: activation));
        _fc2 = Child("fc2", new Linear(gate is null ? hidden : hidden / 2, width, init: init));
    }

    /// <summary>A parameter that is trained wherever the layers are.</summary>
    internal Tensor Anchor => _fc2.Weight;

    /// <param name="x">(…, width).</param>
    /// <returns>Same shape.</returns>
    public Tensor Forward(Tensor x)
    {
        var hidden = _fc1.Forward(x);
        if (_quick)
        {
            hidden *= (hidden * 1.702).Sigmoid();
        }
        else if (_gate is { } gate)
        {
            var halves = hidden.Chunk(2, -1);
            hidden = (gate == Activation.Silu ? halves[0].Silu() : halves[0].Gelu()) * halves[1];
        }

        return _fc2.Forward(hidden);
    }
}
