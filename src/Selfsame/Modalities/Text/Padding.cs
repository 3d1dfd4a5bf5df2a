namespace Selfsame.Modalities.Text;

/// <summary>How sequences are filled up to one length.</summary>
/// <param name="Id">Number of the token that fills.</param>
/// <param name="Token">Its text.</param>
public sealed record Padding(int Id, string Token)
{
    /// <summary>Length to fill up to; null for that of the longest of a batch.</summary>
    public int? Length { get; init; }

    /// <summary>The length is raised to a multiple of this; null for any length.</summary>
    public int? MultipleOf { get; init; }

    /// <summary>Type of the tokens that fill.</summary>
    public int TypeId { get; init; }

    /// <summary>The side that is filled.</summary>
    public SequenceSide Direction { get; init; } = SequenceSide.Right;

    /// <summary>Fills up every sequence of a batch, and its windows.</summary>
    internal IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> batch)
    {
        if (batch.Count == 0)
            return batch;
        var length = Length ?? batch.Max(text => text.Tokens.Count);
        if (MultipleOf is > 1 and var multiple && length % multiple > 0)
            length += multiple - (length % multiple);
        return [.. batch.Select(text => Fill(text, length))];
    }

    private EncodedText Fill(EncodedText text, int length)
    {
        var missing = Math.Max(0, length - text.Tokens.Count);
        var filling = Enumerable.Repeat(new EncodedToken(Id, Token, 0, 0, TypeId, Special: true, Padding: true), missing);
        return new(
            Direction == SequenceSide.Right ? [.. text.Tokens, .. filling] : [.. filling, .. text.Tokens],
            [.. text.Overflow.Select(window => Fill(window, length))]);
    }
}
