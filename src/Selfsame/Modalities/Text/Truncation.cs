namespace Selfsame.Modalities.Text;

/// <summary>Which text of a pair is cut.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one, until both are of one length, then both.</summary>
    LongestFirst,

    /// <summary>Only the first.</summary>
    OnlyFirst,

    /// <summary>Only the second.</summary>
    OnlySecond,
}

/// <summary>An end of a sequence.</summary>
public enum SequenceSide
{
    /// <summary>The beginning.</summary>
    Left,

    /// <summary>The end.</summary>
    Right,
}

/// <summary>How a sequence that is too long is cut. What is cut off comes as further windows.</summary>
/// <param name="MaxLength">Most tokens, those included that the post-processor adds.</param>
/// <param name="Strategy">Which text of a pair is cut.</param>
/// <param name="Stride">Tokens that a window shares with the one before it; below the length of a window.</param>
/// <param name="Direction">The side at which is cut.</param>
public sealed record Truncation(int MaxLength, TruncationStrategy Strategy = TruncationStrategy.LongestFirst, int Stride = 0, SequenceSide Direction = SequenceSide.Right)
{
    /// <summary>Cuts a text, or both of a pair.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second; null for a single text.</param>
    /// <param name="added">Tokens that will be added to them.</param>
    /// <exception cref="ArgumentException">The strategy cannot make them short enough.</exception>
    internal (EncodedText First, EncodedText? Second) Apply(EncodedText first, EncodedText? second, int added)
    {
        var room = MaxLength - added;
        if (room < 0)
            throw new ArgumentException(FormattableString.Invariant($"max_length is {MaxLength}, but {added} special tokens are added; raise it"));
        var (n1, n2) = (first.Tokens.Count, second?.Tokens.Count ?? 0);
        var excess = n1 + n2 - room;
        if (excess <= 0)
            return (first, second);
        if (room == 0)
            return (Cut(first, 0), second is null ? null : Cut(second, 0));
        if (Strategy == TruncationStrategy.LongestFirst)
        {
            if (second is null)
                return (Cut(first, room), null);
            var (shorter, longer) = Share(Math.Min(n1, n2), room);
            return n1 <= n2 ? (Cut(first, shorter), Cut(second, longer)) : (Cut(first, longer), Cut(second, shorter));
        }

        if (Strategy == TruncationStrategy.OnlySecond && second is null)
            throw new ArgumentException("truncation is only_second, but there is no second text; give one, or truncate longest_first");
        var length = Strategy == TruncationStrategy.OnlyFirst ? n1 : n2;
        if (length <= excess)
            throw new ArgumentException(FormattableString.Invariant($"{excess} tokens are too many, but the text that is to be cut has only {length}; truncate longest_first"));
        return Strategy == TruncationStrategy.OnlyFirst ? (Cut(first, length - excess), second) : (first, Cut(second!, length - excess));
    }

    private static (int Shorter, int Longer) Share(int shorter, int room)
    {
        var longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        return shorter + longer > room ? (room / 2, (room / 2) + (room % 2)) : (shorter, longer);
    }

    private EncodedText Cut(EncodedText text, int most)
    {
        var tokens = text.Tokens.ToArray();
        if (most >= tokens.Length)
            return text;
        if (most == 0)
            return new([], [text]);
        if (Stride >= most)
            throw new ArgumentException(FormattableString.Invariant($"stride is {Stride}, which is not below the {most} tokens of a window; lower it or raise max_length"));
        var windows = new List<EncodedText>();
        for (var at = 0; ; at += most - Stride)
        {
            var end = Math.Min(at + most, tokens.Length);
            windows.Add(new(Direction == SequenceSide.Right ? tokens[at..end] : tokens[(tokens.Length - end)..(tokens.Length - at)]));
            if (end == tokens.Length)
                break;
        }

        return new([.. windows[0].Tokens], windows[1..]);
    }
}
