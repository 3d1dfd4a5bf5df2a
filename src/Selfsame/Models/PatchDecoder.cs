using Selfsame.Corruption;
using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>MAE's decoder: seen tokens at their places, a learned token at all others, a few blocks, and a linear layer to patch values.</summary>
/// <remarks>He et al. 2021, https://arxiv.org/abs/2111.06377, section 3, "MAE decoder".</remarks>
public sealed class PatchDecoder : Module
{
    private readonly Linear _embed, _pred;
    private readonly Parameter _maskToken, _positions;
    private readonly Transformer _blocks;
    private readonly LayerNorm _norm;
    private readonly int _prefix;

    /// <summary>Makes the decoder of an encoder.</summary>
    /// <param name="settings">Shape of the decoder.</param>
    /// <param name="encoder">Shape of the encoder: grid, prefix tokens, patch.</param>
    public PatchDecoder(DecoderSettings settings, VisionTransformerSettings encoder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(encoder);
        _prefix = encoder.Prefix;
        var (rows, columns) = encoder.Grid;
        _maskToken = Trainable("mask_token", Init.Normal(0.02), 1, 1, settings.Width);
        _positions = Buffer("pos_embed", Positions.SinCos(settings.Width, rows, columns, _prefix));
        _embed = Child("embed", new Linear(encoder.Blocks.Width, settings.Width, init: Init.XavierUniform));
        _blocks = Child("blocks", new Transformer(
            new TransformerSettings
            {
                Width = settings.Width,
                Depth = settings.Depth,
                Heads = settings.Heads,
                MlpRatio = settings.MlpRatio ?? encoder.Blocks.MlpRatio,
                Mlp = encoder.Blocks.Mlp,
                QkvBias = encoder.Blocks.QkvBias,
                NormEps = encoder.Blocks.NormEps,
                GradCheckpointing = encoder.Blocks.GradCheckpointing,
            },
            Init.XavierUniform));
        _norm = Child("norm", new LayerNorm(settings.Width, encoder.Blocks.NormEps));
        _pred = Child("pred", new Linear(settings.Width, (long)encoder.Patch * encoder.Patch * encoder.Channels, init: Init.XavierUniform));
    }

    /// <param name="latent">The encoder's output on the seen patches, (B, prefix + K, D).</param>
    /// <param name="mask">Where they belong.</param>
    /// <returns>Values of every patch, (B, N, side · side · channels).</returns>
    public Tensor Forward(Tensor latent, TokenMask mask)
    {
        ArgumentNullException.ThrowIfNull(latent);
        ArgumentNullException.ThrowIfNull(mask);
        var x = _embed.Forward(latent);
        var (batch, width, tokens) = (x.Size(0), x.Size(2), mask.Restore.Size(1));
        var seen = x.Narrow(1, _prefix, x.Size(1) - _prefix);
        var missing = _maskToken.Value.To(x.DType).Expand([batch, tokens - seen.Size(1), -1]);
        var placed = Ops.Cat([seen, missing], 1).Gather(1, mask.Restore.Unsqueeze(-1).Expand([-1, -1, width]));
        if (_prefix > 0)
            placed = Ops.Cat([x.Narrow(1, 0, _prefix), placed], 1);
        var decoded = _norm.Forward(_blocks.Forward(placed + _positions.Value));
        return _pred.Forward(decoded.Narrow(1, _prefix, tokens));
    }
}
