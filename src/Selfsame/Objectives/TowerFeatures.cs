using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of towers, one for each modality; the last layer's tokens are those after the final norm. Class tokens are left out.</summary>
/// <param name="towers">The model.</param>
public sealed class TowerFeatures(ModalityTowers towers) : IFeatureExtractor
{
    /// <inheritdoc/>
    public int Layers => towers.Depth;

    /// <inheritdoc/>
    public int Prefix => 0;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null) => Tokens(batch, last).Layers;

    /// <inheritdoc/>
    public FeatureTokens Tokens(Batch batch, int? last = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (layers, real) = towers.Tokens(batch.Fields);
        return new(last is { } count ? [.. layers.Take(count)] : layers, real);
    }
}
