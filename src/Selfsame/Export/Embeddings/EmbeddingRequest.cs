using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Export.Embeddings;

/// <summary>What is embedded, and how.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>The file; its ending picks the format: npy, npz, csv, jsonl, safetensors.</summary>
    public required string Output { get; init; }

    /// <summary>Blocks whose outputs are put side by side, from 1; empty takes the encoder's own choice.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>How tokens become one vector; null takes the encoder's own choice.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Keep all tokens of a sample, (tokens, width), in place of one vector.</summary>
    public bool PerToken { get; init; }

    /// <summary>Samples that pass through the encoder at once, at least 1. Up to eight threads each take as many.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Take the average of the weights where there is one.</summary>
    public bool Averaged { get; init; } = true;

    /// <summary>Element type of the vectors: float32 or float16.</summary>
    public DType DType { get; init; } = DType.Float32;

    /// <summary>Threads that decode; 0 for one a core.</summary>
    public int Workers { get; init; }

    /// <summary>Replace a file that is there.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>How far an embedding is.</summary>
/// <param name="Done">Samples looked at.</param>
/// <param name="Total">Samples in all.</param>
/// <param name="Skipped">Samples that could not be read.</param>
public readonly record struct EmbeddingProgress(long Done, long Total, int Skipped);

/// <summary>What was written.</summary>
/// <param name="Output">The file.</param>
/// <param name="Rows">Samples in it.</param>
/// <param name="Shape">Sizes of one row: (width), or (tokens, width).</param>
/// <param name="Skipped">Samples that could not be read.</param>
/// <param name="Resumed">Samples that an earlier, interrupted start had done.</param>
/// <param name="Names">File with the names of the rows, where the format has no place for them; null where it has.</param>
/// <param name="Quarantine">File with the samples that could not be read; null without any.</param>
public sealed record EmbeddingResult(string Output, long Rows, IReadOnlyList<long> Shape, int Skipped, long Resumed, string? Names, string? Quarantine);

/// <summary>An embedding cannot be made as asked; the message says why and what to do.</summary>
/// <param name="message">What was wrong, and what to do.</param>
public sealed class EmbeddingException(string message) : Exception(message);
