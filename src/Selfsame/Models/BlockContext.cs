using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>What a block needs beside its tokens; one object for all blocks of a forward pass.</summary>
public sealed record BlockContext
{
    /// <summary>Nothing beside the tokens.</summary>
    public static readonly BlockContext None = new();

    /// <summary>True where attention is allowed, broadcastable to (B, heads, N, N); null allows all.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>Added to the attention logits of every block, broadcastable to (B, heads, N, N); null for none.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>Rotary positions of the tokens; null for none.</summary>
    public RotaryPositions? Rotary { get; init; }

    /// <summary>Which rotary place each token has, (B, N), int64; null when all tokens are there in order.</summary>
    public Tensor? Places { get; init; }

    /// <summary>Condition vectors, (B, G, D): G distinct ones per sample; G = 1 serves all tokens, G = N is one per token.</summary>
    public Tensor? Condition { get; init; }

    /// <summary>Which of the G conditions each token takes, (B, N), int64; null when G is 1 or N.</summary>
    public Tensor? Group { get; init; }

    /// <summary>Takes the attention weights of one block; null (always in training) lets the fused kernel keep them to itself.</summary>
    public AttentionRecord? Record { get; init; }

    /// <summary>Uniform draws for drop path, (blocks, 2, B), on the host; null switches drop path off.</summary>
    public float[]? DropDraws { get; init; }
}

/// <summary>Keeps the attention weights of one block, for pictures of what a model looks at.</summary>
/// <param name="block">The block, from 1.</param>
public sealed class AttentionRecord(int block)
{
    /// <summary>The block, from 1.</summary>
    public int Block { get; } = block;

    /// <summary>softmax(q kᵀ / √d) of the block, (B, heads, N, N); null before a forward pass.</summary>
    public Tensor? Weights { get; internal set; }
}
