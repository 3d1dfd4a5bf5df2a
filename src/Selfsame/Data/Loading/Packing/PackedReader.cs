namespace Selfsame.Data.Loading.Packing;

/// <summary>Fills rows with the tokens of their texts. For several threads at once.</summary>
internal sealed class PackedReader
{
    private readonly DataSet _data;
    private readonly PackedTexts _texts;
    private readonly (int Sample, Lazy<long[]> Tokens)[] _recent;  // cut by the end of a row, so soon asked for again
    private readonly Lock _lock = new();
    private int _oldest;

    /// <param name="data">Where the texts are.</param>
    /// <param name="texts">What was found of them before.</param>
    /// <param name="threads">Threads that will read.</param>
    public PackedReader(DataSet data, PackedTexts texts, int threads)
    {
        (_data, _texts) = (data, texts);
        _recent = new (int, Lazy<long[]>)[2 * threads];  // one that goes on from the row before, one that goes on in the next
        Array.Fill(_recent, (-1, new([])));
    }

    /// <summary>Writes a row.</summary>
    /// <param name="pieces">From <see cref="PackedRows"/>.</param>
    /// <param name="row">Takes as many tokens as the pieces have.</param>
    /// <exception cref="DataSourceException">A text is gone, or is no longer what it was when its tokens were counted.</exception>
    public void Fill(PackedPiece[] pieces, Span<long> row)
    {
        foreach (var piece in pieces)
        {
            TokensOf(piece).AsSpan(piece.From, piece.Count).CopyTo(row);
            row = row[piece.Count..];
        }
    }

    private long[] TokensOf(in PackedPiece piece)
    {
        long[] tokens;
        try
        {
            tokens = piece.IsWhole ? _texts.Field.ReadWhole(_data, piece.Sample) : Recent(piece.Sample).Value;
        }
        catch (Exception e) when (Quarantine.Takes(e))
        {
            throw new DataSourceException($"{Place(piece)} could be read when the run began, and now it can't: {e.Message}. Packed texts must stay as they are during a run; put it back and start the command again", e);
        }

        return tokens.Length == piece.Length ? tokens : throw new DataSourceException(FormattableString.Invariant(
            $"{Place(piece)} had {piece.Length} tokens when the run began, and now has {tokens.Length}. Packed texts must stay as they are during a run; put it back and start the command again"));
    }

    private string Place(in PackedPiece piece) => _data.Location(piece.Sample, Modality.Text);

    private Lazy<long[]> Recent(int sample)
    {
        lock (_lock)
        {
            foreach (var (known, tokens) in _recent)
                if (known == sample)
                    return tokens;
            var added = new Lazy<long[]>(() => _texts.Field.ReadWhole(_data, sample));
            _recent[_oldest] = (sample, added);
            _oldest = (_oldest + 1) % _recent.Length;
            return added;
        }
    }
}
