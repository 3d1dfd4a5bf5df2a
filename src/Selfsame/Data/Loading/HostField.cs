using System.Buffers;
using System.Runtime.InteropServices;

namespace Selfsame.Data.Loading;

// B rows, L places of the longest row.

/// <summary>One field of a batch in host memory.</summary>
public sealed class HostField
{
    private readonly int _capacity;
    private readonly byte[]?[] _rows;      // rented, of samples whose length varies, until they are put together
    private readonly int[] _lengths;
    private readonly bool[] _present;
    private float[] _floats = [];          // pinned, so that a tensor can view it
    private long[] _tokens = [];           // pinned likewise; one of the two is in use

    internal HostField(SampleField field, int capacity)
    {
        (Name, Modality, Layout, _capacity) = (field.Name, field.Modality, field.Layout, capacity);
        (_rows, _lengths, _present) = (new byte[capacity][], new int[capacity], new bool[capacity]);
        if (!Layout.IsVariable)
            Reserve(1);
    }

    /// <summary>Name of the field.</summary>
    public string Name { get; }

    /// <summary>Modality it comes from.</summary>
    public string Modality { get; }

    /// <summary>What each row holds.</summary>
    public FieldLayout Layout { get; }

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <summary>Places L of a row: those of the longest sample; 1 where samples have a fixed size.</summary>
    public int Length { get; private set; } = 1;

    /// <summary>All numbers of a <see cref="FieldType.Float32"/> field, (B, L, …shape). The memory is pinned.</summary>
    public Span<float> Floats => All<float>();

    /// <summary>All numbers of an <see cref="FieldType.Int64"/> field, (B, L). The memory is pinned.</summary>
    public Span<long> Tokens => All<long>();

    /// <summary>Places that each row fills; 0 where it lacks the modality.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>Which rows have the modality.</summary>
    public ReadOnlySpan<bool> Present => _present.AsSpan(0, Count);

    /// <summary>Whether any row has the modality.</summary>
    public bool Any => Present.Contains(true);

    private int ElementSize => Layout.Type == FieldType.Float32 ? sizeof(float) : sizeof(long);

    private int PlaceBytes => Layout.Size * ElementSize;

    internal Memory<float> FloatMemory => _floats.AsMemory(0, Count * Length * Layout.Size);

    internal Span<T> Fixed<T>(int row)
        where T : unmanaged
    {
        Require<T>(variable: false);
        return MemoryMarshal.Cast<byte, T>(Memory(row * PlaceBytes, PlaceBytes));
    }

    internal Span<T> Variable<T>(int row, int length)
        where T : unmanaged
    {
        Require<T>(variable: true);
        if (length < 1 || length > Layout.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"a sample of {Name} has 1 to {Layout.MaxLength} places");
        GiveBack(row);
        _rows[row] = ArrayPool<byte>.Shared.Rent(checked(length * PlaceBytes));
        _lengths[row] = length;
        return MemoryMarshal.Cast<byte, T>(_rows[row].AsSpan(0, length * PlaceBytes));
    }

    internal void Set(int row, bool present) => _present[row] = present;

    /// <summary>After the workers: puts the rows that are kept one after the other, padded to the longest.</summary>
    /// <param name="kept">Which rows, ascending.</param>
    internal void Assemble(ReadOnlySpan<int> kept)
    {
        Count = kept.Length;
        if (Layout.IsVariable)
            Gather(kept);
        for (var k = 0; k < kept.Length; k++)
        {
            var row = kept[k];
            _present[k] = _present[row];
            if (!Layout.IsVariable)
            {
                _lengths[k] = _present[k] ? 1 : 0;
                var place = Memory(k * PlaceBytes, PlaceBytes);
                if (!_present[k])
                    place.Clear(); // a broken sample may have left half of itself
                else if (k < row)
                    Memory(row * PlaceBytes, PlaceBytes).CopyTo(place);
            }
        }
    }

    private void Gather(ReadOnlySpan<int> kept)
    {
        Length = 1;
        foreach (var row in kept)
            if (_present[row])
                Length = Math.Max(Length, _lengths[row]);
        Reserve(Length);
        for (var k = 0; k < kept.Length; k++)
        {
            var row = kept[k];
            var target = Memory(k * Length * PlaceBytes, Length * PlaceBytes);
            var used = _present[row] ? _lengths[row] : 0;
            if (used > 0)
                _rows[row].AsSpan(0, used * PlaceBytes).CopyTo(target);
            Pad(target[(used * PlaceBytes)..]);
            _lengths[k] = used;
        }
        for (var row = 0; row < _rows.Length; row++)
            GiveBack(row);
    }

    private void Pad(Span<byte> rest)
    {
        if (Layout.Padding == 0)
            rest.Clear();
        else if (Layout.Type == FieldType.Float32)
            MemoryMarshal.Cast<byte, float>(rest).Fill(Layout.Padding);
        else
            MemoryMarshal.Cast<byte, long>(rest).Fill(Layout.Padding);
    }

    private void GiveBack(int row)
    {
        if (_rows[row] is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        _rows[row] = null;
    }

    // Grows by halves, and never shrinks: after a few batches no memory is asked for any more.
    private void Reserve(int length)
    {
        var needed = checked(_capacity * length * Layout.Size);
        if (Layout.Type == FieldType.Float32 && _floats.Length < needed)
            _floats = GC.AllocateUninitializedArray<float>(Room(_floats.Length, needed), pinned: true);
        else if (Layout.Type == FieldType.Int64 && _tokens.Length < needed)
            _tokens = GC.AllocateUninitializedArray<long>(Room(_tokens.Length, needed), pinned: true);
    }

    private static int Room(int before, int needed) => (int)Math.Min(Math.Max(needed, before * 3L / 2), Array.MaxLength / 8);

    private Span<byte> Memory(int start, int length) =>
        (Layout.Type == FieldType.Float32 ? MemoryMarshal.AsBytes(_floats.AsSpan()) : MemoryMarshal.AsBytes(_tokens.AsSpan())).Slice(start, length);

    private Span<T> All<T>()
        where T : unmanaged
    {
        Require<T>(Layout.IsVariable);
        return MemoryMarshal.Cast<byte, T>(Memory(0, checked(Count * Length * PlaceBytes)));
    }

    private void Require<T>(bool variable)
    {
        if ((typeof(T) == typeof(float)) != (Layout.Type == FieldType.Float32) || variable != Layout.IsVariable)
            throw new InvalidOperationException($"field {Name} holds {(Layout.IsVariable ? "samples of varying length" : "samples of fixed size")} of {Layout.Type}");
    }
}
