using System.Buffers;

namespace Selfsame.Modalities.Image;

/// <summary>A picture in host memory: 8 bits a channel, interleaved (height, width, channels), rows without padding. Pooled; dispose it.</summary>
public sealed class ImageBuffer : IDisposable
{
    private readonly int _start;
    private readonly bool _owned = true;
    private byte[]? _pixels;

    /// <summary>Takes memory for a picture; its content is undefined.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="channels">1 (grey), 3 (RGB) or 4 (RGBA).</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public ImageBuffer(int height, int width, int channels = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 1, 3 or 4 channels");
        (Height, Width, Channels) = (height, width, channels);
        _pixels = ArrayPool<byte>.Shared.Rent(checked(height * width * channels));
    }

    /// <summary>A picture in memory of somebody else, who gives it back.</summary>
    internal ImageBuffer(byte[] memory, int start, int height, int width, int channels) =>
        (_pixels, _start, _owned, Height, Width, Channels) = (memory, start, false, height, width, channels);

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>1 (grey), 3 (RGB) or 4 (RGBA).</summary>
    public int Channels { get; }

    /// <summary>All values, (height, width, channels), 0..255. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The picture was given back.</exception>
    public Span<byte> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pixels is null, this);
            return _pixels.AsSpan(_start, Height * Width * Channels);
        }
    }

    /// <summary>One row, (width, channels).</summary>
    public Span<byte> Row(int y) => Pixels.Slice(y * Width * Channels, Width * Channels);

    /// <summary>A copy with memory of its own.</summary>
    public ImageBuffer Clone()
    {
        var copy = new ImageBuffer(Height, Width, Channels);
        Pixels.CopyTo(copy.Pixels);
        return copy;
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels && _owned)
            ArrayPool<byte>.Shared.Return(pixels);
    }
}
