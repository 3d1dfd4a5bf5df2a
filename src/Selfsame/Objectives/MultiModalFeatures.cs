using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of an encoder of several modalities; the last layer's tokens are those after the final norm.</summary>
/// <param name="encoder">The model.</param>
public sealed class MultiModalFeatures(MultiModalEncoder encoder) : IFeatureExtractor
{
    /// <inheritdoc/>
    public int Layers => encoder.Settings.Blocks.Depth;

    /// <inheritdoc/>
    public int Prefix => encoder.Prefix;

    /// <inheritdoc/>
    public (int Rows, int Columns) Grid => encoder.FrontEnds is [var only] ? only.Grid : (0, 0);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null) => Tokens(batch, last).Layers;

    /// <inheritdoc/>
    public FeatureTokens Tokens(Batch batch, int? last = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var sequence = encoder.Embed(batch.Fields);
        var layers = new List<Tensor>();
        var normed = encoder.Encode(sequence, layers);
        layers[^1] = normed;
        return new(last is { } count ? layers[..count] : layers, encoder.Mask(sequence));
    }
}
