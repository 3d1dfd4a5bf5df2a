using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>An encoder in two halves: samples to tokens, each on its own; then everything in which tokens see one another. Between them, tokens can be hidden.</summary>
/// <remarks>Student and teacher of masked prediction share the first half or copy it, and the teacher averages the second.</remarks>
public abstract class ContextEncoder : Module
{
    /// <summary>What it reads; one of <see cref="Selfsame.Modality.All"/>.</summary>
    public abstract string Modality { get; }

    /// <summary>Width of a token.</summary>
    public abstract int Width { get; }

    /// <summary>Blocks of the second half.</summary>
    public abstract int Depth { get; }

    /// <summary>Rows and columns of the grid of tokens; 0 and 0 for a sequence.</summary>
    public virtual (int Rows, int Columns) Grid => (0, 0);

    /// <summary>Chance that a branch of the last block is dropped in training.</summary>
    public abstract double DropPath { get; }

    /// <summary>Whether student and teacher may read the same tokens. False where the first half is only a look-up, and each has a table of its own.</summary>
    public virtual bool SharesTokens => true;

    /// <summary>Tokens that the second half puts in front of those of <see cref="Embed"/>.</summary>
    public virtual int Prefix => 0;

    /// <summary>The vector that stands for a hidden token, where the encoder has one of its own, (D); null where a method brings it.</summary>
    public virtual Tensor? MaskToken => null;

    /// <summary>First half: samples to tokens without positions.</summary>
    /// <param name="samples">Pictures (B, C, H, W), waveforms (B, S) or token ids (B, N).</param>
    /// <param name="padding">True where a sample has no data, in the sample's own units, (B, S) or (B, N), bool; null when there is data everywhere.</param>
    public abstract EmbeddedTokens Embed(Tensor samples, Tensor? padding = null);

    /// <summary>Places that are never hidden, such as the marks at the ends of a text, (B, N), bool; null where all may be.</summary>
    /// <param name="samples">As for <see cref="Embed"/>.</param>
    public virtual Tensor? Locked(Tensor samples) => null;

    /// <summary>Second half: positions, blocks and final norm.</summary>
    /// <param name="tokens">From <see cref="Embed"/>, some of them hidden perhaps.</param>
    /// <param name="taps">What to note on the way; null for nothing.</param>
    /// <returns>(B, prefix + N, D).</returns>
    public abstract Tensor Contextualize(EmbeddedTokens tokens, LayerTaps? taps = null);

    /// <summary>True for a parameter of the first half, or of the positions: what a teacher takes over from its student instead of averaging it.</summary>
    /// <param name="name">Name within this encoder.</param>
    public abstract bool IsLocal(string name);
}

/// <summary>Tokens of a batch.</summary>
/// <param name="Values">(B, N, D).</param>
/// <param name="Padding">True where a row has no data, (B, N), bool; null when there is data everywhere.</param>
/// <param name="Places">Row of the position table that each token takes, (B, N), int64; null counts from the first.</param>
public sealed record EmbeddedTokens(Tensor Values, Tensor? Padding = null, Tensor? Places = null)
{
    /// <summary>Puts another vector in the place of some tokens.</summary>
    /// <param name="hidden">Which, (B, N), bool.</param>
    /// <param name="token">The vector, (D).</param>
    public EmbeddedTokens Hide(Tensor hidden, Tensor token)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(token);
        return this with { Values = Ops.Where(hidden.Unsqueeze(-1), token.To(Values.DType), Values) };
    }
}

/// <summary>What is noted while tokens run through the blocks.</summary>
public sealed class LayerTaps
{
    /// <summary>When given, the tokens after each block are added, (B, prefix + N, D).</summary>
    public IList<Tensor>? Blocks { get; init; }

    /// <summary>When given, the output of each block's feed-forward part is added, see <see cref="BlockContext.FeedForwards"/>.</summary>
    public IList<Tensor>? FeedForwards { get; init; }

    /// <summary>When given, takes the attention weights of one block.</summary>
    public AttentionRecord? Record { get; init; }

    /// <summary>Draws for drop path, see <see cref="BlockContext.DropDraws"/>.</summary>
    public float[]? DropDraws { get; init; }

    /// <summary>Tokens in front that are wanted of the last block, see <see cref="BlockContext.LastTokens"/>.</summary>
    public int? LastTokens { get; init; }
}
