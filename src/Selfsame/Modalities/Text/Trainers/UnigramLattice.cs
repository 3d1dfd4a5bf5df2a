using Selfsame.Modalities.Text.Models;

namespace Selfsame.Modalities.Text.Trainers;

/// <summary>All ways to cut a word into pieces of a vocabulary.</summary>
/// <remarks>A character that no piece covers is worth the lowest score less 10, and counts for no piece.</remarks>
internal sealed class UnigramLattice
{
    private readonly IReadOnlyList<UnigramPiece> _pieces;
    private readonly PointTrie _trie = new();
    private readonly double _unknown;
    private readonly List<(int Start, int End, int Id)> _edges = [];
    private double[] _before = [], _behind = [];

    /// <summary>Prepares for a vocabulary.</summary>
    public UnigramLattice(IReadOnlyList<UnigramPiece> pieces)
    {
        _pieces = pieces;
        for (var id = 0; id < pieces.Count; id++)
            _trie.Add(pieces[id].Points, id);
        _unknown = pieces.Select(piece => piece.Score).DefaultIfEmpty().Min() - 10;
    }

    /// <summary>Adds how often each piece is expected in a word, over all ways to cut it (forward and backward sums).</summary>
    /// <param name="word">Code points.</param>
    /// <param name="weight">How often the word occurs.</param>
    /// <param name="expected">Takes the expectations, by piece.</param>
    public void AddExpected(ReadOnlySpan<int> word, double weight, double[] expected)
    {
        Fill(word, without: -1);
        if (_before.Length <= word.Length)
            (_before, _behind) = (new double[word.Length + 1], new double[word.Length + 1]);
        Array.Fill(_before, double.NegativeInfinity);
        Array.Fill(_behind, double.NegativeInfinity);
        (_before[0], _behind[word.Length]) = (0, 0);
        foreach (var (start, end, id) in _edges)   // by start
            _before[end] = LogAdd(_before[end], _before[start] + Score(id));
        for (var i = _edges.Count - 1; i >= 0; i--)
        {
            var (start, end, id) = _edges[i];
            _behind[start] = LogAdd(_behind[start], _behind[end] + Score(id));
        }

        foreach (var (start, end, id) in _edges)
        {
            if (id >= 0)
                expected[id] += weight * Math.Exp(_before[start] + Score(id) + _behind[end] - _before[word.Length]);
        }
    }

    /// <summary>The best way to cut a word.</summary>
    /// <param name="word">Code points.</param>
    /// <param name="without">A piece that is not used; -1 for none.</param>
    /// <returns>Pieces in order, -1 for an unknown character, and the sum of their scores.</returns>
    public (List<int> Ids, double Score) Best(ReadOnlySpan<int> word, int without)
    {
        Fill(word, without);
        var best = new (double Score, int From, int Id)[word.Length + 1];
        Array.Fill(best, (double.NegativeInfinity, 0, -1), 1, word.Length);
        foreach (var (start, end, id) in _edges)
        {
            var score = best[start].Score + Score(id);
            if (score > best[end].Score)
                best[end] = (score, start, id);
        }

        var ids = new List<int>();
        for (var at = word.Length; at > 0; at = best[at].From)
            ids.Add(best[at].Id);
        ids.Reverse();
        return (ids, best[^1].Score);
    }

    private void Fill(ReadOnlySpan<int> word, int without)
    {
        _edges.Clear();
        for (var start = 0; start < word.Length; start++)
        {
            var (node, single) = (PointTrie.Root, false);
            for (var end = start; end < word.Length && (node = _trie.Step(node, word[end])) >= 0; end++)
            {
                if (_trie.Value(node) is >= 0 and var id && id != without)
                {
                    _edges.Add((start, end + 1, id));
                    single |= end == start;
                }
            }

            if (!single)
                _edges.Add((start, start + 1, -1));
        }
    }

    private double Score(int id) => id < 0 ? _unknown : _pieces[id].Score;

    private static double LogAdd(double a, double b)
    {
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        return double.IsNegativeInfinity(low) ? high : high + Math.Log(1 + Math.Exp(low - high));
    }
}
