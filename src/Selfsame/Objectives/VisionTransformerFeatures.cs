using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of a Vision Transformer; the last layer's tokens are those after the final norm.</summary>
/// <param name="encoder">The model.</param>
public sealed class VisionTransformerFeatures(VisionTransformer encoder) : IAttentionExtractor
{
    /// <inheritdoc/>
    public int Layers => encoder.Settings.Blocks.Depth;

    /// <inheritdoc/>
    public int Prefix => encoder.Settings.Prefix;

    /// <inheritdoc/>
    public (int Rows, int Columns) Grid => encoder.Settings.Grid;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var layers = new List<Tensor>();
        var normed = encoder.Encode(batch[Modality.Image], layers: layers);
        layers[^1] = normed;
        return last is { } count ? layers[..count] : layers;
    }

    /// <inheritdoc/>
    public Tensor PrefixTokens(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return encoder.EncodePrefix(batch[Modality.Image]);
    }

    /// <inheritdoc/>
    public Tensor Attention(Batch batch, int block)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var record = new AttentionRecord(block);
        encoder.Encode(batch[Modality.Image], record: record);
        return record.Weights ?? throw new ArgumentOutOfRangeException(nameof(block), block, $"the encoder has {Layers} blocks");
    }
}
