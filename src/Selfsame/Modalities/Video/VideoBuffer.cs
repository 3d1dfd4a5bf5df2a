using System.Buffers;
using Selfsame.Modalities.Image;

namespace Selfsame.Modalities.Video;

/// <summary>A clip in host memory: pictures of one size, 8 bits a channel, (frames, height, width, 3). Pooled; dispose it.</summary>
public sealed class VideoBuffer : IDisposable
{
    private readonly ImageBuffer[] _frames;
    private byte[]? _pixels;

    /// <summary>Takes memory for a clip; its content is undefined.</summary>
    /// <param name="frames">Pictures, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    /// <exception cref="OverflowException">The clip would take more than 2 GiB.</exception>
    public VideoBuffer(int frames, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Height, Width) = (height, width);
        var size = checked(height * width * 3);
        _pixels = ArrayPool<byte>.Shared.Rent(checked(frames * size));
        Times = new TimeSpan[frames];
        _frames = new ImageBuffer[frames];
        for (var t = 0; t < frames; t++)
            _frames[t] = new(_pixels, t * size, height, width, 3);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The pictures, views of the clip's memory. Valid until <see cref="Dispose"/>.</summary>
    public IReadOnlyList<ImageBuffer> Frames => _frames;

    /// <summary>When each picture is shown in its video, from the first one.</summary>
    public TimeSpan[] Times { get; }

    /// <summary>Packets of the file that were damaged and left out; 0 for a sound one.</summary>
    public long DamagedPackets { get; internal set; }

    /// <summary>All values, (frames, height, width, 3), 0..255. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The clip was given back.</exception>
    public Span<byte> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pixels is null, this);
            return _pixels.AsSpan(0, _frames.Length * Height * Width * 3);
        }
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is not { } pixels)
            return;
        foreach (var frame in _frames)
            frame.Dispose();
        ArrayPool<byte>.Shared.Return(pixels);
    }
}
