using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Selfsame.Modalities.Image;

namespace Selfsame.Modalities.Media;

/// <summary>One open stream of a file or of memory. For one thread at a time.</summary>
internal sealed unsafe class MediaStream : SafeHandle
{
    private readonly string? _name;
    private MemoryHandle _pinned;

    /// <param name="source">A file or memory.</param>
    /// <param name="kind"><see cref="MediaNative.Sound"/> or <see cref="MediaNative.Pictures"/>.</param>
    /// <param name="mono">Mix a sound's channels.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <exception cref="MediaException">Not a file of that kind, damaged, or not to be opened.</exception>
    public MediaStream(MediaSource source, int kind, bool mono = false, long maxPixels = 8192L * 8192)
        : base(0, ownsHandle: true)
    {
        _name = source.Path is null ? null : Path.GetFileName(source.Path);
        _pinned = source.Bytes.Pin();
        var request = new MediaNative.OpenRequest { MaxPixels = maxPixels, Kind = kind, Mono = mono ? 1 : 0 };
        nint opened;
        try
        {
            Check(MediaNative.Open(source.Path, (byte*)_pinned.Pointer, source.Bytes.Length, &request, &opened));
        }
        catch
        {
            _pinned.Dispose();
            throw;
        }
        SetHandle(opened);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>What the container says; negative numbers for what it does not.</summary>
    public MediaNative.StreamInfo Info()
    {
        MediaNative.StreamInfo info;
        Check(MediaNative.InfoOf(Open, &info));
        return info;
    }

    /// <summary>The same, but with duration and count found by reading through the file where the container does not say. The stream stands at its begin afterwards.</summary>
    public MediaNative.StreamInfo Measured()
    {
        var info = Info();
        if (info.Exact == MediaNative.Guessed)
            Check(MediaNative.Measure(Open, &info));
        return info;
    }

    public void Seek(double seconds) => Check(MediaNative.Seek(Open, seconds));

    /// <summary>Reads sound, channel c to <paramref name="samples"/> + c * stride.</summary>
    /// <returns>Samples of each channel; 0 at the end.</returns>
    public int ReadSound(Span<float> samples, int stride, int count, out long damaged)
    {
        long read, skipped;
        fixed (float* first = samples)
            Check(MediaNative.ReadSound(Open, first, stride, count, &read, &skipped));
        damaged = skipped;
        return (int)read;
    }

    /// <summary>Moves to the last picture shown at or before a time.</summary>
    public MediaNative.Picture Advance(double until)
    {
        MediaNative.Picture picture;
        Check(MediaNative.Advance(Open, until, &picture));
        return picture;
    }

    /// <summary>A rectangle of the picture <see cref="Advance"/> went to, (height, width, 3).</summary>
    public void Pixels(CropBox box, Span<byte> pixels)
    {
        var region = new MediaNative.Region { Top = box.Top, Left = box.Left, Height = box.Height, Width = box.Width };
        fixed (byte* first = pixels)
            Check(MediaNative.Pixels(Open, &region, first, pixels.Length));
    }

    /// <summary>A name in a fixed field.</summary>
    public static string Name(byte* field) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(field));

    protected override bool ReleaseHandle()
    {
        MediaNative.Close(handle);
        _pinned.Dispose();
        return true;
    }

    private nint Open
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    // A file's name in front of what is wrong with it; whoever gave bytes knows better where they came from.
    private void Check(int status)
    {
        try
        {
            MediaNative.Check(status);
        }
        catch (MediaException error) when (_name is not null)
        {
            throw new MediaException(error.Error, $"{_name}: {error.Message}");
        }
    }
}
