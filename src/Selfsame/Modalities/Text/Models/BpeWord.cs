using Selfsame.Randomness;

namespace Selfsame.Modalities.Text.Models;

/// <summary>The symbols of a piece while they are merged: a linked list in arrays, and a queue of the merges that are possible.</summary>
internal sealed class BpeWord
{
    [ThreadStatic]
    private static BpeWord? s_instance;

    private readonly PriorityQueue<(int At, int Id), (int Rank, int At)> _queue = new();
    private readonly List<((int At, int Id) Merge, (int Rank, int At) Priority)> _passed = [];
    private int[] _ids = [], _starts = [], _ends = [], _next = [], _previous = [];
    private int _count;

    private BpeWord()
    {
    }

    /// <summary>This thread's own, emptied.</summary>
    /// <param name="length">Code points of the piece; each gives at most four symbols.</param>
    public static BpeWord Rent(int length)
    {
        var word = s_instance ??= new BpeWord();
        var size = length * 4;
        if (word._ids.Length < size)
            (word._ids, word._starts, word._ends, word._next, word._previous) = (new int[size], new int[size], new int[size], new int[size], new int[size]);
        word._count = 0;
        word._queue.Clear();
        word._passed.Clear();
        return word;
    }

    /// <summary>A pair of tokens as one number.</summary>
    public static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>Adds a symbol that covers code points of the piece.</summary>
    public void Add(int id, int start, int end)
    {
        (_ids[_count], _starts[_count], _ends[_count]) = (id, start, end);
        (_previous[_count], _next[_count]) = (_count - 1, _count + 1);
        _count++;
    }

    /// <summary>Lets the last symbol cover more.</summary>
    public void Lengthen(int end) => _ends[_count - 1] = end;

    /// <summary>Merges until nothing is left to merge: earliest learned first, leftmost first of equal ones.</summary>
    /// <param name="ranks">Order and outcome of each merge.</param>
    /// <param name="chance">Chance that a merge is passed over for now; it is tried again after the next one that is done.</param>
    /// <param name="draws">Decides; null for a chance of 0.</param>
    public void MergeAll(Dictionary<long, (int Rank, int Id)> ranks, double chance, IDraws? draws)
    {
        if (_count == 0)
            return;
        _next[_count - 1] = -1;
        for (var at = 0; at < _count - 1; at++)
            Offer(ranks, at);
        while (_queue.TryDequeue(out var merge, out var priority))
        {
            if (chance > 0 && draws!.Coin("tokenizer.dropout", chance))
            {
                _passed.Add((merge, priority));
                continue;
            }

            foreach (var (earlier, rank) in _passed)
                _queue.Enqueue(earlier, rank);
            _passed.Clear();
            var right = _ids[merge.At] < 0 ? -1 : _next[merge.At];
            // Its symbols may have gone into other merges since it was found.
            if (right < 0 || !ranks.TryGetValue(Key(_ids[merge.At], _ids[right]), out var now) || now.Id != merge.Id)
                continue;
            (_ids[merge.At], _ends[merge.At], _next[merge.At]) = (merge.Id, _ends[right], _next[right]);
            _ids[right] = -1;
            if (_next[right] >= 0)
                _previous[_next[right]] = merge.At;
            if (_previous[merge.At] >= 0)
                Offer(ranks, _previous[merge.At]);
            Offer(ranks, merge.At);
        }
    }

    /// <summary>Adds the symbols that are left to a list.</summary>
    public void CopyTo(List<PieceToken> tokens)
    {
        for (var at = 0; at < _count; at++)
        {
            if (_ids[at] >= 0)
                tokens.Add(new(_ids[at], _starts[at], _ends[at]));
        }
    }

    private void Offer(Dictionary<long, (int Rank, int Id)> ranks, int at)
    {
        var right = _next[at];
        if (right >= 0 && ranks.TryGetValue(Key(_ids[at], _ids[right]), out var merge))
            _queue.Enqueue((at, merge.Id), (merge.Rank, at));
    }
}
