namespace Selfsame.Data.Loading;

/// <summary>Samples in host memory, ready for a device. Valid until disposed; disposing gives the memory back to its loader.</summary>
public sealed class HostBatch : IDisposable
{
    private readonly BatchLoader _loader;
    private readonly float[] _values;   // pinned, so that a tensor can view it
    private readonly int[] _indices;
    private readonly int[][] _labels;
    private readonly int _sampleSize;
    private bool _lent;

    internal HostBatch(BatchLoader loader, int capacity, int sampleSize, int labelColumns)
    {
        (_loader, _sampleSize) = (loader, sampleSize);
        _values = GC.AllocateUninitializedArray<float>(checked(capacity * sampleSize), pinned: true);
        _indices = new int[capacity];
        _labels = new int[labelColumns][];
        for (var i = 0; i < labelColumns; i++)
            _labels[i] = new int[capacity];
    }

    /// <summary>Samples in this batch; fewer than the batch size only at the end of a single pass, or where one was left out there.</summary>
    public int Count { get; private set; }

    /// <summary>Number of samples of the run before this batch: where it started.</summary>
    public long Position { get; private set; }

    /// <summary>Where the next batch starts. A loader made with this start continues exactly here.</summary>
    public long NextPosition { get; private set; }

    /// <summary>All values, (<see cref="Count"/>, …output shape). The memory is pinned.</summary>
    public Memory<float> Values => Lent(_values).AsMemory(0, Count * _sampleSize);

    /// <summary>Values of one sample.</summary>
    /// <param name="row">0 .. <see cref="Count"/> - 1.</param>
    public Span<float> Sample(int row) => Values.Span.Slice(row * _sampleSize, _sampleSize);

    /// <summary>Which sample of the data set each row is.</summary>
    public ReadOnlySpan<int> Indices => Lent(_indices).AsSpan(0, Count);

    /// <summary>Class of each row, or -1.</summary>
    /// <param name="column">Place of the column in <see cref="BatchLoaderSettings.LabelColumns"/>.</param>
    public ReadOnlySpan<int> Labels(int column = 0) => Lent(_labels)[column].AsSpan(0, Count);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (!_lent)
            return;
        _lent = false;
        _loader.Return(this);
    }

    internal Span<float> Destination(int row) => _values.AsSpan(row * _sampleSize, _sampleSize);

    /// <summary>Before the workers: the places this batch covers.</summary>
    internal void Begin(long position, int count) => (Position, Count, NextPosition) = (position, count, position + count);

    internal void SetIndex(int row, int index) => _indices[row] = index;

    /// <summary>After the workers: closes the gaps that rows with index -1 are, and hands the batch out.</summary>
    internal void Finish(IReadOnlyList<LabelSet> labels)
    {
        var kept = 0;
        for (var row = 0; row < Count; row++)
        {
            if (_indices[row] < 0)
                continue;
            if (kept < row)
            {
                Destination(row).CopyTo(Destination(kept));
                _indices[kept] = _indices[row];
            }
            for (var c = 0; c < _labels.Length; c++)
                _labels[c][kept] = labels[c][_indices[kept]];
            kept++;
        }
        Count = kept;
        _lent = true;
    }

    private T Lent<T>(T memory)
    {
        ObjectDisposedException.ThrowIf(!_lent, this);
        return memory;
    }
}
