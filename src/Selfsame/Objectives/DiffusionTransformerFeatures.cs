using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of a diffusion transformer: its tokens when it reads data at a fixed noise level, without a class.</summary>
/// <param name="network">The model.</param>
/// <param name="tokens">Turns pictures, (B, C, H, W), into tokens, (B, N, values).</param>
/// <param name="level">Noise level, 0 (none) to below 1.</param>
public sealed class DiffusionTransformerFeatures(DiffusionTransformer network, Func<Tensor, Tensor> tokens, double level) : IAttentionExtractor
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
        var layers = new List<Tensor>();
        Run(batch, last ?? Layers, layers, null);
        return layers;
    }

    /// <inheritdoc/>
    public Tensor Attention(Batch batch, int block)
    {
        var record = new AttentionRecord(block);
        Run(batch, block, null, record);
        return record.Weights!;
    }

    /// <summary>Inputs of a network that reads every token at one noise level, without a class.</summary>
    /// <param name="network">The model.</param>
    /// <param name="data">Tokens, (B, N, values).</param>
    /// <param name="level">Noise level.</param>
    /// <returns>Times (B, 1), and the null class (B) where the network knows classes.</returns>
    internal static (Tensor Times, Tensor? Labels) Condition(DiffusionTransformer network, Tensor data, double level) =>
        (Ops.Full([data.Size(0), 1], level, DType.Float32, data.Device),
         network.Settings.Classes > 0 ? Ops.Full([data.Size(0)], network.Settings.Classes - 1, DType.Int64, data.Device) : null);

    private void Run(Batch batch, int last, List<Tensor>? layers, AttentionRecord? record)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var data = tokens(batch[Modality.Image]);
        var (times, labels) = Condition(network, data, level);
        // Scaled as a token at this level is on average, but without the noise itself: features then do not depend on a draw.
        network.Features(data * (1 - level), times, last, labels: labels, layers: layers, record: record);
    }
}
