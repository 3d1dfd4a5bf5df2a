using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Trainers;

/// <summary>How often each piece of a text occurs.</summary>
internal sealed class WordCounts
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts pieces.</summary>
    public void Add(IEnumerable<string> pieces)
    {
        foreach (var piece in pieces)
            _counts[piece] = _counts.GetValueOrDefault(piece) + 1;
    }

    /// <summary>The pieces with their counts, in the order of their code points: what is learned does not depend on the order of the texts.</summary>
    public IReadOnlyList<(int[] Points, long Count)> InOrder()
    {
        var words = _counts.Select(entry => (Points: Points.Of(entry.Key), Count: entry.Value)).ToArray();
        Array.Sort(words, static (a, b) => a.Points.AsSpan().SequenceCompareTo(b.Points));
        return words;
    }
}
