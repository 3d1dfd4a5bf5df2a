using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of an encoder that can hide tokens; nothing is hidden. The last layer's tokens are those after the final norm.</summary>
/// <param name="encoder">The model.</param>
public sealed class ContextFeatures(ContextEncoder encoder) : IFeatureExtractor
{
    /// <inheritdoc/>
    public int Layers => encoder.Depth;

    /// <inheritdoc/>
    public int Prefix => encoder.Prefix;

    /// <inheritdoc/>
    public (int Rows, int Columns) Grid => encoder.Grid;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null) => Tokens(batch, last).Layers;

    /// <inheritdoc/>
    public FeatureTokens Tokens(Batch batch, int? last = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var embedded = Embed(encoder, batch);
        var layers = new List<Tensor>();
        var normed = encoder.Contextualize(embedded, new LayerTaps { Blocks = layers });
        layers[^1] = normed;
        return new FeatureTokens(last is { } count ? layers[..count] : layers, Real(embedded));
    }

    // Tokens in front are always real.
    private Tensor? Real(EmbeddedTokens tokens)
    {
        var real = tokens.Padding?.LogicalNot();
        return real is null || encoder.Prefix == 0 ? real : Ops.Cat([Ops.Ones([real.Size(0), encoder.Prefix], DType.Bool, real.Device), real], 1);
    }

    /// <summary>Tokens of a batch's samples of the encoder's modality.</summary>
    internal static EmbeddedTokens Embed(ContextEncoder encoder, Batch batch)
    {
        var field = batch.Field(encoder.Modality);
        var padding = field.Lengths is null && field.Present is null ? null : batch.Mask(encoder.Modality).LogicalNot();
        return encoder.Embed(field.Values, encoder.Modality == Modality.Image ? null : padding);
    }
}
