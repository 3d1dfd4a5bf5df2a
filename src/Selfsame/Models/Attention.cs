using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Multi-head self-attention with one fused projection. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.2.</summary>
public sealed class Attention : Module
{
    private readonly Linear _qkv, _proj;
    private readonly Parameter? _queryBias, _valueBias;
    private readonly LayerNorm? _queryNorm, _keyNorm;
    private readonly RelativeBias? _relative;
    private readonly int _heads;
    private readonly double _scale;

    /// <summary>Makes the layer. The projection's rows are queries, then keys, then values, each with heads contiguous, as in timm.</summary>
    public Attention(TransformerSettings settings, Init? init = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var headWidth = settings.Width / settings.Heads;
        if (headWidth * settings.Heads != settings.Width)
            throw new ShapeException($"Width {settings.Width} is not a multiple of {settings.Heads} heads.");
        (_heads, _scale) = (settings.Heads, 1 / Math.Sqrt(headWidth));
        _qkv = Child("qkv", new Linear(settings.Width, 3L * settings.Width, settings.QkvBias && settings.KeyBias, init));
        if (settings.QkvBias && !settings.KeyBias)
        {
            _queryBias = Trainable("q_bias", Init.Zeros, settings.Width);
            _valueBias = Trainable("v_bias", Init.Zeros, settings.Width);
        }

        if (settings.QkNorm)
        {
            _queryNorm = Child("q_norm", new LayerNorm(headWidth, settings.QkNormEps ?? settings.NormEps));
            _keyNorm = Child("k_norm", new LayerNorm(headWidth, settings.QkNormEps ?? settings.NormEps));
        }

        if (settings.RelativeBias is { PerBlock: true } grid)
            _relative = Child("rel_pos", new RelativeBias(grid, settings.Heads));
        _proj = Child("proj", new Linear(settings.Width, settings.Width, init: init));
    }

    /// <param name="x">Tokens, (B, N, D).</param>
    /// <param name="context">Mask, bias of the logits, and rotary positions.</param>
    /// <param name="record">Takes the weights; null keeps to the fused kernel where there is one.</param>
    /// <param name="first">Tokens in front to return; null for all.</param>
    /// <returns>(B, N, D), or (B, first, D).</returns>
    public Tensor Forward(Tensor x, BlockContext context, AttentionRecord? record = null, int? first = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        var (batch, tokens, width) = (x.Size(0), x.Size(1), x.Size(2));
        var qkv = _queryBias is null ? _qkv.Forward(x) : _qkv.Forward(x, Ops.Cat([_queryBias.Value, _queryBias.Value.ZerosLike(), _valueBias!.Value]));
        var mask = Allowed(context);
        if (_queryNorm is null && context.Rotary is null && record is null)
            return Observed(_proj.Forward(First(qkv.FusedAttention(_heads, _scale, mask), first)));
        var parts = qkv.View([batch, tokens, 3, _heads, width / _heads]).Permute([2, 0, 3, 1, 4]).Unbind(0);
        var (q, k, v) = (parts[0], parts[1], parts[2]);
        if (_queryNorm is not null)
            (q, k) = (_queryNorm.Forward(q), _keyNorm!.Forward(k));
        if (context.Rotary is not null)
            (q, k) = (context.Rotary.Rotate(q, context.Places), context.Rotary.Rotate(k, context.Places));
        var logits = (q * _scale).Matmul(k.Transpose(-2, -1));
        if (mask is { DType: DType.Bool })
            logits = logits.MaskedFill(mask.LogicalNot(), Lowest(logits.DType));
        else if (mask is not null)
            logits += mask.To(logits.DType);
        var weights = logits.Softmax(-1);
        if (record is not null)
            record.Weights = weights;
        var mixed = weights.Matmul(v).Transpose(1, 2).Reshape([batch, tokens, width]);
        return Observed(_proj.Forward(First(mixed, first)));
    }

    /// <summary>The first tokens of each sample; all of them for null.</summary>
    internal static Tensor First(Tensor tokens, int? count) => count is { } first && first < tokens.Size(1) ? tokens.Narrow(1, 0, first).Contiguous() : tokens;

    // Mask and biases as one tensor: where attention is allowed (bool), or what to add to the logits; null allows all.
    private Tensor? Allowed(BlockContext context)
    {
        var bias = _relative is null ? context.Bias : context.Bias is null ? _relative.Forward() : context.Bias + _relative.Forward();
        if (bias is null || context.Mask is null)
            return bias ?? context.Mask;
        return Ops.Where(context.Mask, bias, Ops.Full([], Lowest(bias.DType), bias.DType, bias.Device));
    }

    // The lowest finite number rather than minus infinity: a row with nothing to attend to then stays finite.
    private static double Lowest(DType type) => type == DType.BFloat16 ? -3.3895313892515355e38 : float.MinValue;
}

/// <summary>A learned bias for every pair of grid cells by their relative position. Bao et al. 2021, https://arxiv.org/abs/2106.08254, section 2.4.</summary>
/// <remarks>With a class token the table has three more rows: class to cell, cell to class, class to class.</remarks>
public sealed class RelativeBias : Module
{
    private readonly Parameter _table;
    private readonly Tensor _index;
    private readonly int _tokens, _heads;

    /// <summary>Makes a table.</summary>
    /// <param name="settings">Grid, and whether a class token stands in front.</param>
    /// <param name="heads">Attention heads.</param>
    public RelativeBias(RelativeBiasSettings settings, int heads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (rows, columns) = (settings.Rows, settings.Columns);
        var first = settings.ClassToken ? 1 : 0;
        var distances = ((2L * rows) - 1) * ((2L * columns) - 1);
        (_tokens, _heads) = (first + (rows * columns), heads);
        _table = Trainable("relative_position_bias_table", Init.TruncatedNormal(0.02), distances + (3 * first), heads);
        var index = new long[_tokens * _tokens];
        for (var a = 0; a < _tokens; a++)
        {
            for (var b = 0; b < _tokens; b++)
                index[(a * _tokens) + b] = a < first || b < first ? distances + (b >= first ? 0 : a >= first ? 1 : 2) : Distance(a - first, b - first);
        }

        _index = Constant(Tensor.From<long>(index));

        long Distance(int a, int b) => (((a / columns) - (b / columns) + rows - 1) * ((2 * columns) - 1)) + (a % columns) - (b % columns) + columns - 1;
    }

    /// <returns>(1, heads, N, N), to be added to the logits.</returns>
    public Tensor Forward() => _table.Value.IndexSelect(0, _index).View([_tokens, _tokens, _heads]).Permute([2, 0, 1]).Unsqueeze(0);
}
