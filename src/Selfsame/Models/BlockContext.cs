using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>What a block needs beside its tokens; one object for all blocks of a forward pass.</summary>
public sealed record BlockContext
{
    /// <summary>Nothing beside the tokens.</summary>
    public static readonly BlockContext None = new();

    /// <summary>True where attention is allowed, broadcastable to (B, heads, N, N); null allows all.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>Added to the attention's logits, broadcastable to (B, heads, N, N), such as a bias by relative position; null for none.</summary>
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

    /// <summary>When given, each block adds the output of its feed-forward part to it, (B, N, D): after the branch's own scale, before the sum and any norm that follows.</summary>
    public IList<Tensor>? FeedForwards { get; init; }

    /// <summary>Tokens in front that are wanted of the last block; null for all. Every token is still attended to; what comes after the attention runs for these alone.</summary>
    public int? LastTokens { get; init; }

    /// <summary>Uniform draws for drop path, (blocks, 2, B), on the host; null switches drop path off.</summary>
    public float[]? DropDraws { get; init; }

    /// <summary>The mask of padded sequences: every token may attend to the places that hold data.</summary>
    /// <param name="padding">True where there is no data, (B, N), bool; null when there is data everywhere.</param>
    /// <returns>(B, 1, 1, N), true where attention is allowed; null for null.</returns>
    public static Tensor? KeyMask(Tensor? padding) => padding?.LogicalNot().Unsqueeze(1).Unsqueeze(1);
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
