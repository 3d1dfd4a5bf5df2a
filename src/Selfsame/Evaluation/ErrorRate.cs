namespace Selfsame.Evaluation;

/// <summary>Insertions, deletions and substitutions of one pair of texts.</summary>
/// <param name="Edits">Fewest of them that turn the prediction into the reference.</param>
/// <param name="Length">Pieces of the reference.</param>
public readonly record struct EditCount(int Edits, int Length);

/// <summary>Word and character error rates of transcripts (<c>text/wer-1</c>, <c>text/cer-1</c>). Nothing is folded, trimmed or normalised.</summary>
/// <remarks>Rates are those of the corpus: all edits over all reference lengths, so long texts weigh more, and a rate may exceed 1.</remarks>
public static class ErrorRate
{
    /// <summary>Protocol of <see cref="Words"/>.</summary>
    public const string WordProtocol = "text/wer-1";

    /// <summary>Protocol of <see cref="Characters"/>.</summary>
    public const string CharacterProtocol = "text/cer-1";

    /// <summary>Compares words: what stands between runs of Unicode whitespace.</summary>
    public static EditCount Words(string prediction, string reference)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(reference);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var (one, other) = (Split(prediction, ids), Split(reference, ids));
        return new(Distance(one, other), other.Count);
    }

    /// <summary>Compares characters: Unicode code points, blanks included.</summary>
    public static EditCount Characters(string prediction, string reference)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(reference);
        var (one, other) = (CodePoints(prediction), CodePoints(reference));
        return new(Distance(one, other), other.Count);
    }

    /// <summary>Error rate of a corpus.</summary>
    /// <param name="counts">One for each pair.</param>
    /// <returns>At least 0; NaN when the references hold nothing.</returns>
    public static double Of(IEnumerable<EditCount> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        long edits = 0, length = 0;
        foreach (var count in counts)
            (edits, length) = (edits + count.Edits, length + count.Length);
        return length == 0 ? double.NaN : (double)edits / length;
    }

    /// <summary>Edit distance with unit costs. Levenshtein 1966.</summary>
    /// <param name="one">Pieces of one sequence, by id.</param>
    /// <param name="other">Pieces of the other.</param>
    /// <remarks>Time grows with the product of the lengths, memory with the second.</remarks>
    public static int Distance(IReadOnlyList<int> one, IReadOnlyList<int> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        var row = new int[other.Count + 1];
        for (var k = 0; k < row.Length; k++)
            row[k] = k;
        for (var i = 1; i <= one.Count; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(diagonal, row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static List<int> Split(string text, Dictionary<string, int> ids)
    {
        var words = new List<int>();
        var start = -1;
        for (var k = 0; k <= text.Length; k++)
        {
            if (k < text.Length && !IsBlank(text[k]))
            {
                start = start < 0 ? k : start;
                continue;
            }

            if (start < 0)
                continue;
            var word = text[start..k];
            if (!ids.TryGetValue(word, out var id))
                ids.Add(word, id = ids.Count);
            words.Add(id);
            start = -1;
        }

        return words;
    }

    // The four information separators are blanks to Python and so to the published rates; .NET has them among the control characters.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    private static List<int> CodePoints(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            points.Add(rune.Value);
        return points;
    }
}
