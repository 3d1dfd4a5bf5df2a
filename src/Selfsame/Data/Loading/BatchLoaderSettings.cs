using Selfsame.Data.Loading.Packing;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Loading;

/// <summary>How samples become batches.</summary>
public sealed record BatchLoaderSettings
{
    /// <summary>Samples in a batch, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Seed of the order and of every transform.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of samples of the run already seen; <see cref="HostBatch.NextPosition"/> of the last batch. Default: 0.</summary>
    public long Start { get; init; }

    /// <summary>
    /// One pass in the order given, the last batch shorter, broken samples left out: for evaluation. Otherwise without end in
    /// random order, every batch full, a broken sample replaced by the next one of its epoch that is not. Default: no.
    /// </summary>
    public bool Sequential { get; init; }

    /// <summary>Threads that decode and transform; 0 is one a core. The batches do not depend on it.</summary>
    public int Workers { get; init; }

    /// <summary>Batches made ahead, at least 1. Default: 4.</summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>Keep up to this many bytes of decoded pictures in memory. Default: 0.</summary>
    public long CacheBytes { get; init; }

    /// <summary>Columns whose classes come with each batch.</summary>
    public IReadOnlyList<string> LabelColumns { get; init; } = [];

    /// <summary>How pictures are decoded, where the loader is given a transform of pictures. Transparency is not passed on.</summary>
    public ImageDecodeOptions Decode { get; init; } = ImageDecodeOptions.Default;

    /// <summary>
    /// A sample that lacks one of the fields, or whose part of it cannot be decoded, is replaced as a broken one. Default: no, it stays
    /// as long as it has any.
    /// </summary>
    public bool RequireAll { get; init; }

    /// <summary>Batches that are put together side by side, so that samples of like length meet; 1 switches that off. Default: 16.</summary>
    public int BucketBatches { get; init; } = 16;

    /// <summary>Chance of each modality to be the only one of a batch; shares of their sum. Empty (default): a batch has all.</summary>
    public IReadOnlyList<(string Modality, double Share)> Mix { get; init; } = [];

    /// <summary>Samples for which one modality is drawn, a multiple of the batch size; the batch of an optimizer step. 0 (default): the batch size.</summary>
    public int DrawEvery { get; init; }

    /// <summary>Texts that share rows: a sample is then a row of them, and nothing else is read. Rows are full, so buckets have no effect. Null (default): a row for each sample.</summary>
    public PackedTexts? Packed { get; init; }
}
