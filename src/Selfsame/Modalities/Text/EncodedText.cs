namespace Selfsame.Modalities.Text;

/// <summary>A token of a text.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">As the vocabulary has it.</param>
/// <param name="Start">First code point of the original text that it covers; 0 for a token that was added.</param>
/// <param name="End">Code point behind the last; 0 for a token that was added.</param>
/// <param name="Type">0 in the first text of a pair, 1 in the second, unless the post-processor says otherwise.</param>
/// <param name="Word">Piece of the text that it belongs to, from 0; -1 for a token that was added.</param>
/// <param name="Special">It was added, and stands for no text.</param>
/// <param name="Padding">It only fills up.</param>
public readonly record struct EncodedToken(int Id, string Text, int Start, int End, int Type = 0, int Word = -1, bool Special = false, bool Padding = false);

/// <summary>A text, or a pair of texts, as tokens.</summary>
public sealed class EncodedText
{
    internal EncodedText(EncodedToken[] tokens, IReadOnlyList<EncodedText>? overflow = null) => (Tokens, Overflow) = (tokens, overflow ?? []);

    /// <summary>The tokens in order.</summary>
    public IReadOnlyList<EncodedToken> Tokens { get; }

    /// <summary>What truncation cut off, as further windows; empty where nothing was cut.</summary>
    public IReadOnlyList<EncodedText> Overflow { get; }

    /// <summary>Numbers of the tokens.</summary>
    public int[] Ids => [.. Tokens.Select(token => token.Id)];

    /// <summary>Types of the tokens.</summary>
    public int[] TypeIds => [.. Tokens.Select(token => token.Type)];

    /// <summary>1 for each token, 0 for padding.</summary>
    public int[] AttentionMask => [.. Tokens.Select(token => token.Padding ? 0 : 1)];

    /// <summary>The same tokens, each changed.</summary>
    internal EncodedText Select(Func<EncodedToken, int, EncodedToken> change) =>
        new([.. Tokens.Select(change)], [.. Overflow.Select(part => part.Select(change))]);

    /// <summary>This and another one behind it. Of windows, every one of this with all of the other, then this with the other's windows.</summary>
    internal EncodedText Append(EncodedText other)
    {
        var overflow = new List<EncodedText>();
        foreach (var window in Overflow)
        {
            overflow.Add(Join(window, other));
            overflow.AddRange(other.Overflow.Select(rest => Join(window, rest)));
        }

        overflow.AddRange(other.Overflow.Select(rest => Join(this, rest)));
        return new([.. Tokens, .. other.Tokens], overflow);
    }

    private static EncodedText Join(EncodedText left, EncodedText right) => new([.. left.Tokens, .. right.Tokens]);
}
