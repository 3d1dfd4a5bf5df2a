using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

// B samples, N tokens of all modalities, K of them kept, D width.

/// <summary>The tokens of one modality within a sequence.</summary>
/// <param name="FrontEnd">What made them.</param>
/// <param name="Start">Place of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="Source">As the front end made them, with targets.</param>
public sealed record ModalitySlice(FrontEnd FrontEnd, long Start, long Count, FrontEndTokens Source)
{
    /// <summary>The modality.</summary>
    public string Name => FrontEnd.Name;

    /// <summary>This modality's part of anything that has a row for each token of the sequence.</summary>
    /// <param name="tokens">(B, N, …), without prefix.</param>
    public Tensor Of(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.Narrow(1, Start, Count);
    }
}

/// <summary>The modalities of a batch as one sequence.</summary>
/// <param name="Tokens">(B, N, D), or (B, K, D) after <see cref="Keep"/>.</param>
/// <param name="Real">Which tokens are real, (B, N), bool; null where all are.</param>
/// <param name="Places">Rotary place of each token, (B, N), int64.</param>
/// <param name="Slices">Whose tokens they are, before any were left out.</param>
public sealed record TokenSequence(Tensor Tokens, Tensor? Real, Tensor Places, IReadOnlyList<ModalitySlice> Slices)
{
    /// <summary>The slice of one modality; null where no sample of the batch has it.</summary>
    public ModalitySlice? Find(string modality)
    {
        foreach (var slice in Slices)
            if (slice.Name == modality)
                return slice;
        return null;
    }

    /// <summary>Only some of the tokens, in the order given.</summary>
    /// <param name="kept">Which, (B, K), int64.</param>
    public TokenSequence Keep(Tensor kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return this with
        {
            Tokens = Patches.Take(Tokens, kept),
            Real = Real?.Gather(1, kept),
            Places = Places.Gather(1, kept),
        };
    }
}
