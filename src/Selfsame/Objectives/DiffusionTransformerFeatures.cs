using Selfsame.Models;
using Selfsame.Objectives.Generation;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Features of a flow model: its tokens when it reads data at a fixed noise level, without a class. What a batch lacks is left out, so a batch of one modality gives the features of that alone.</summary>
/// <param name="network">The model.</param>
/// <param name="tokenizers">Turn a batch into tokens, one for each modality, in the order of the sequence.</param>
/// <param name="level">Noise level, 0 (none) to below 1.</param>
public sealed class DiffusionTransformerFeatures(IVelocityModel network, IReadOnlyList<FlowTokenizer> tokenizers, double level) : IAttentionExtractor
{
    /// <inheritdoc/>
    public int Layers => network.Blocks.Settings.Depth;

    /// <inheritdoc/>
    public int Prefix => 0;

    /// <inheritdoc/>
    public (int Rows, int Columns) Grid => network.Modalities is [var only] ? network[only].Settings.Grid : (0, 0);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null) => Tokens(batch, last).Layers;

    /// <inheritdoc/>
    public FeatureTokens Tokens(Batch batch, int? last = null)
    {
        var layers = new List<Tensor>();
        return new(layers, Run(batch, last ?? Layers, layers, null));
    }

    /// <inheritdoc/>
    public Tensor Attention(Batch batch, int block)
    {
        var record = new AttentionRecord(block);
        Run(batch, block, null, record);
        return record.Weights!;
    }

    /// <summary>The null class of every sample, (B), where the network knows classes.</summary>
    internal static Tensor? NoLabels(IVelocityModel network, long batch, Device device) =>
        network[network.Modalities[0]].Settings.Classes is > 0 and var classes ? Ops.Full([batch], classes - 1, DType.Int64, device) : null;

    /// <summary>The modalities of a batch as clean tokens.</summary>
    /// <exception cref="ArgumentException">The batch has none of them.</exception>
    internal static List<CleanPart> Clean(Batch batch, IReadOnlyList<FlowTokenizer> tokenizers)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var parts = new List<CleanPart>(tokenizers.Count);
        foreach (var tokenizer in tokenizers)
        {
            if (!batch.Has(tokenizer.Modality))
                continue;
            var tokens = tokenizer.Encode(batch.Field(tokenizer.Modality));
            parts.Add(new(tokenizer.Modality, tokens.Values, tokens.Real));
        }

        return parts.Count > 0
            ? parts
            : throw new ArgumentException($"the batch has {string.Join(", ", batch.Names)}; this model reads {string.Join(", ", tokenizers.Select(tokenizer => tokenizer.Modality))}", nameof(batch));
    }

    // Tokens are scaled as they are at this level on average, but without the noise itself: features then do not depend on a draw.
    private Tensor? Run(Batch batch, int last, List<Tensor>? layers, AttentionRecord? record)
    {
        var parts = Clean(batch, tokenizers).ConvertAll(part =>
            new NoisedPart(part.Modality, part.Tokens * (1 - level), Ops.Full([part.Tokens.Size(0), 1], level, DType.Float32, part.Tokens.Device), null, part.Real));
        network.Features(parts, last, NoLabels(network, batch.Count, parts[0].Tokens.Device), layers, record: record);
        return JointDiffusion.Real(parts);
    }
}
