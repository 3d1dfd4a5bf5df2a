using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of a diffusion transformer: its tokens when it reads data at a fixed noise level, without a class.</summary>
/// <param name="network">The model.</param>
/// <param name="tokens">Turns pictures, (B, C, H, W), into tokens, (B, N, values).</param>
/// <param name="level">Noise level, 0 (none) to below 1.</param>
public sealed class DiffusionTransformerFeatures(DiffusionTransformer network, Func<Tensor, Tensor> tokens, double level) : IFeatureExtractor
{
    /// <inheritdoc/>
    public int Layers => network.Blocks.Settings.Depth;

    /// <inheritdoc/>
    public int Prefix => 0;

    /// <inheritdoc/>
    public (int Rows, int Columns) Grid => network.Settings.Grid;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var data = tokens(batch[Modality.Image]);
        var count = data.Size(0);
        var times = Ops.Full([count, 1], level, DType.Float32, data.Device);
        var labels = network.Settings.Classes > 0 ? Ops.Full([count], network.Settings.Classes - 1, DType.Int64, data.Device) : null;
        var layers = new List<Tensor>();
        // Scaled as a token at this level is on average, but without the noise itself: features then do not depend on a draw.
        network.Features(data * (1 - level), times, last ?? Layers, labels: labels, layers: layers);
        return layers;
    }
}
