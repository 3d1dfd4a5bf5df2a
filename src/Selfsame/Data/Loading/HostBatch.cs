namespace Selfsame.Data.Loading;

/// <summary>Samples in host memory, ready for a device. Valid until disposed; disposing gives the memory back to its loader.</summary>
public sealed class HostBatch : IDisposable
{
    private readonly BatchLoader _loader;
    private readonly HostField[] _fields;
    private readonly int[] _indices, _kept;
    private readonly int[][] _labels;
    private bool _lent;

    internal HostBatch(BatchLoader loader, int capacity, IReadOnlyList<SampleField> fields, int labelColumns)
    {
        _loader = loader;
        _fields = [.. fields.Select(field => new HostField(field, capacity))];
        (_indices, _kept) = (new int[capacity], new int[capacity]);
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

    /// <summary>The one modality that was drawn for this batch; null where all are read.</summary>
    public string? Drawn { get; private set; }

    /// <summary>What was read, in the order of the loader's fields.</summary>
    public IReadOnlyList<HostField> Fields => Lent(_fields);

    /// <summary>All values of the first field, (<see cref="Count"/>, …output shape); it must be of fixed size. The memory is pinned.</summary>
    public Memory<float> Values => Lent(_fields)[0].FloatMemory;

    /// <summary>Values of one sample in the first field, which must be of fixed size.</summary>
    /// <param name="row">0 .. <see cref="Count"/> - 1.</param>
    public Span<float> Sample(int row) => Values.Span.Slice(row * _fields[0].Layout.Size, _fields[0].Layout.Size);

    /// <summary>Which sample of the data set each row is; where texts are packed, the first of the row.</summary>
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

    internal FieldRow Destination(int field, int row) => new(_fields[field], row);

    /// <summary>Before the workers: the places this batch covers.</summary>
    internal void Begin(long position, int count, string? drawn) => (Position, Count, NextPosition, Drawn) = (position, count, position + count, drawn);

    internal void SetPresent(int field, int row, bool present) => _fields[field].Set(row, present);

    internal void SetIndex(int row, int index) => _indices[row] = index;

    /// <summary>After the last worker: closes the gaps that rows with index -1 are.</summary>
    internal void Assemble(IReadOnlyList<LabelSet> labels)
    {
        var kept = 0;
        for (var row = 0; row < Count; row++)
        {
            if (_indices[row] < 0)
                continue;
            (_kept[kept], _indices[kept]) = (row, _indices[row]);
            for (var c = 0; c < _labels.Length; c++)
                _labels[c][kept] = labels[c][_indices[kept]];
            kept++;
        }
        foreach (var field in _fields)
            field.Assemble(_kept.AsSpan(0, kept));
        Count = kept;
    }

    /// <summary>Hands the batch out.</summary>
    internal void Lend() => _lent = true;

    private T Lent<T>(T memory)
    {
        ObjectDisposedException.ThrowIf(!_lent, this);
        return memory;
    }
}
