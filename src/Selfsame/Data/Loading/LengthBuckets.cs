namespace Selfsame.Data.Loading;

/// <summary>
/// Puts samples of like length into the same batch, so that little of a batch is padding. A pure function of (seed, place): places of
/// a window of some batches are sorted by length, ties by place, and the batches that result follow each other in a drawn order.
/// </summary>
internal sealed class LengthBuckets
{
    private readonly DataSet _data;
    private readonly SampleStream _stream;
    private readonly IReadOnlyList<SampleField> _fields;
    private readonly ulong _seed;
    private readonly int _batch, _batches;
    private long _window = -1;
    private long[] _places = [];  // of the window, in the order in which they are taken

    private LengthBuckets(DataSet data, SampleStream stream, IReadOnlyList<SampleField> fields, ulong seed, int batch, int batches) =>
        (_data, _stream, _fields, _seed, _batch, _batches) = (data, stream, fields, seed, batch, batches);

    /// <returns>Null where buckets are switched off, or no field varies in length.</returns>
    public static LengthBuckets? Make(DataSet data, SampleStream stream, IReadOnlyList<SampleField> fields, BatchLoaderSettings settings)
    {
        SampleField[] varying = [.. fields.Where(field => field.Layout.IsVariable)];
        return varying.Length == 0 || settings.BucketBatches <= 1 ? null : new(data, stream, varying, settings.Seed, settings.BatchSize, settings.BucketBatches);
    }

    public long[] Places(long start, int count)
    {
        var places = new long[count];
        for (var row = 0; row < count; row++)
        {
            var (window, slot) = Math.DivRem(start + row, (long)_batch * _batches);
            if (window != _window)
                Arrange(window);
            places[row] = _places[slot];
        }
        return places;
    }

    private void Arrange(long window)
    {
        var size = _batch * _batches;
        var (lengths, places) = (new double[size], new long[size]);
        for (var k = 0; k < size; k++)
        {
            places[k] = window * size + k;
            lengths[k] = Length(_stream.At(places[k]));
        }
        // Places ascend already, so that with a stable sort ties stay in their order.
        var sorted = Enumerable.Range(0, size).OrderBy(k => lengths[k]).Select(k => places[k]).ToArray();
        var order = new SampleOrder(_seed ^ 0xB0CE7UL, _batches);
        _places = new long[size];
        for (var b = 0; b < _batches; b++)
            sorted.AsSpan(order.At(window, b) * _batch, _batch).CopyTo(_places.AsSpan(b * _batch));
        _window = window;
    }

    // Each field counts by the share of its longest sample.
    private double Length(int index)
    {
        var length = 0.0;
        foreach (var field in _fields)
            if (_data.Has(index, field.Modality))
                length += (double)Math.Min(field.EstimateLength(_data, index), field.Layout.MaxLength) / field.Layout.MaxLength;
        return length;
    }
}
