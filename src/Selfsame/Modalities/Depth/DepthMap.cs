using System.Buffers;

namespace Selfsame.Modalities.Depth;

/// <summary>Distances from the camera as stored, (height, width), 16 bits; 0 where none was measured. Pooled; dispose it.</summary>
public sealed class DepthMap : IDisposable
{
    private ushort[]? _values;

    /// <summary>Takes memory for a map; its content is undefined.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public DepthMap(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Height, Width) = (height, width);
        _values = ArrayPool<ushort>.Shared.Rent(checked(height * width));
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>All values, row by row. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The map was given back.</exception>
    public Span<ushort> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(_values is null, this);
            return _values.AsSpan(0, Height * Width);
        }
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _values, null) is { } values)
            ArrayPool<ushort>.Shared.Return(values);
    }
}
