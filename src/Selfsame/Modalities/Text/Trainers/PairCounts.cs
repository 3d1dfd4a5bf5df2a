using Selfsame.Modalities.Text.Models;

namespace Selfsame.Modalities.Text.Trainers;

/// <summary>How often each pair of neighbours occurs in a set of words, kept up as pairs are merged.</summary>
internal sealed class PairCounts
{
    private readonly List<int>[] _words;
    private readonly long[] _weights;
    private readonly Dictionary<long, long> _counts = [];
    private readonly Dictionary<long, HashSet<int>> _places = [];
    private readonly Dictionary<long, long> _changes = [];
    private readonly PriorityQueue<long, (long Fewer, long Pair)> _queue = new();

    /// <summary>Counts all pairs.</summary>
    /// <param name="words">Symbols of each word; changed by merges.</param>
    /// <param name="weights">How often each word occurs.</param>
    public PairCounts(List<int>[] words, long[] weights)
    {
        (_words, _weights) = (words, weights);
        for (var word = 0; word < words.Length; word++)
            Count(word, weights[word]);
        ApplyChanges();
    }

    /// <summary>The most frequent pair with its count, of equal ones that with the smaller left and then right number; (null, 0) when there is none.</summary>
    public ((int Left, int Right)? Pair, long Count) TakeBest()
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            var count = _counts.GetValueOrDefault(pair);
            if (count == -priority.Fewer)
                return (((int)(pair >> 32), (int)pair), count);
            if (count > 0)
                _queue.Enqueue(pair, (-count, pair));
        }

        return (null, 0);
    }

    /// <summary>Makes every occurrence of a pair one symbol, from the left in runs.</summary>
    public void Merge(int left, int right, int merged)
    {
        var pair = BpeWord.Key(left, right);
        if (!_places.Remove(pair, out var places))
            return;
        foreach (var word in places)
        {
            Count(word, -_weights[word]);
            Replace(_words[word], left, right, merged);
            Count(word, _weights[word]);
        }

        ApplyChanges();
        _counts.Remove(pair);
    }

    private static void Replace(List<int> symbols, int left, int right, int merged)
    {
        var used = 0;
        for (var i = 0; i < symbols.Count; i++)
        {
            var found = symbols[i] == left && i + 1 < symbols.Count && symbols[i + 1] == right;
            symbols[used++] = found ? merged : symbols[i];
            i += found ? 1 : 0;
        }

        symbols.RemoveRange(used, symbols.Count - used);
    }

    private void Count(int word, long weight)
    {
        var symbols = _words[word];
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            var pair = BpeWord.Key(symbols[i], symbols[i + 1]);
            _changes[pair] = _changes.GetValueOrDefault(pair) + weight;
            if (weight > 0)
            {
                if (!_places.TryGetValue(pair, out var places))
                    _places[pair] = places = [];
                places.Add(word);
            }
        }
    }

    private void ApplyChanges()
    {
        foreach (var (pair, change) in _changes)
        {
            var count = _counts.GetValueOrDefault(pair) + change;
            _counts[pair] = count;
            if (change > 0)
                _queue.Enqueue(pair, (-count, pair));
        }

        _changes.Clear();
    }
}
