namespace Selfsame.Data.Loading.Packing;

// L tokens of a row, T tokens of an epoch.

/// <summary>
/// Texts one after the other, epoch after epoch, cut into rows of one length. Row r is the tokens r L to (r + 1) L of that endless stream, a pure function of (seed, r):
/// nothing is carried from one row to the next, so a run resumes anywhere. A row may span the end of an epoch.
/// </summary>
internal sealed class PackedRows
{
    private readonly PackedTexts _texts;
    private readonly SampleOrder _order;
    private readonly long[] _starts;  // place in the order of _epoch -> tokens before it
    private long _epoch = -1;

    /// <param name="texts">The texts, at least one token in each.</param>
    /// <param name="seed">Seed of their order.</param>
    public PackedRows(PackedTexts texts, ulong seed)
    {
        _texts = texts;
        _order = new(seed, texts.Count);
        _starts = new long[texts.Count];
    }

    /// <summary>The pieces of rows that follow each other.</summary>
    /// <param name="first">The first, counted over all epochs.</param>
    /// <param name="count">How many.</param>
    public PackedPiece[][] From(long first, int count)
    {
        var rows = new PackedPiece[count][];
        for (var k = 0; k < count; k++)
            rows[k] = At(first + k);
        return rows;
    }

    /// <summary>The pieces of a row, L tokens together.</summary>
    /// <param name="row">Counted over all epochs, from 0. Fast where rows are asked for in order: each epoch's order is then laid out once.</param>
    public PackedPiece[] At(long row)
    {
        var pieces = new List<PackedPiece>();
        var (epoch, token) = Math.DivRem(checked(row * _texts.RowLength), _texts.Tokens);
        for (var missing = _texts.RowLength; missing > 0; (epoch, token) = (epoch + 1, 0))
            missing -= Take(epoch, token, missing, pieces);
        return [.. pieces];
    }

    // As many tokens of an epoch as are wanted, or as it has from there on.
    private int Take(long epoch, long token, int wanted, List<PackedPiece> pieces)
    {
        LayOut(epoch);
        var taken = 0;
        var found = Array.BinarySearch(_starts, token);
        for (var place = found >= 0 ? found : ~found - 1; place < _starts.Length && taken < wanted; place++)
        {
            var (sample, length) = _texts[_order.At(epoch, place)];
            var from = (int)(token + taken - _starts[place]);
            var count = Math.Min(length - from, wanted - taken);
            pieces.Add(new(sample, from, count, length));
            taken += count;
        }

        return taken;
    }

    private void LayOut(long epoch)
    {
        if (epoch == _epoch)
            return;
        var before = 0L;
        for (var place = 0; place < _starts.Length; place++)
        {
            _starts[place] = before;
            before += _texts[_order.At(epoch, place)].Length;
        }

        _epoch = epoch;
    }
}
