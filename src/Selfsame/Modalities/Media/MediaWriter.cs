using System.Runtime.InteropServices;
using System.Text;

namespace Selfsame.Modalities.Media;

/// <summary>What is written, and how.</summary>
internal readonly record struct MediaFormat(string Container, string Codec)
{
    public int SampleRate { get; init; }

    public int Channels { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>Pictures a second.</summary>
    public double Rate { get; init; }

    /// <summary>The codec's own scale; negative for its default.</summary>
    public int Quality { get; init; } = -1;

    /// <summary>Bits a second; 0 for the codec's default.</summary>
    public long BitRate { get; init; }

    public bool Loop { get; init; }
}

/// <summary>One stream being encoded into a file or into memory. For one thread at a time.</summary>
internal sealed unsafe class MediaWriter : SafeHandle
{
    // Pictures a second are told in thousandths.
    private const int RateDenominator = 1000;

    /// <param name="path">A file, which is overwritten; null for memory.</param>
    /// <param name="format">What is written.</param>
    /// <exception cref="MediaException">This build of FFmpeg cannot write it, or the file cannot be made.</exception>
    public MediaWriter(string? path, MediaFormat format)
        : base(0, ownsHandle: true)
    {
        fixed (byte* container = Text(format.Container), codec = Text(format.Codec))
        {
            var request = new MediaNative.WriteRequest
            {
                Container = container,
                Codec = codec,
                Kind = format.SampleRate > 0 ? MediaNative.Sound : MediaNative.Pictures,
                SampleRate = format.SampleRate,
                Channels = format.Channels,
                Width = format.Width,
                Height = format.Height,
                RateNumerator = (int)Math.Round(format.Rate * RateDenominator),
                RateDenominator = RateDenominator,
                Quality = format.Quality,
                Loop = format.Loop ? 1 : 0,
                BitRate = format.BitRate,
            };
            nint opened;
            MediaNative.Check(MediaNative.OpenWriter(path, &request, &opened));
            SetHandle(opened);
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Adds samples, channel c from c * stride.</summary>
    public void Sound(ReadOnlySpan<float> samples, int stride, int count)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (count == 0)
            return;
        fixed (float* first = samples)
            MediaNative.Check(MediaNative.WriteSound(handle, first, stride, count));
    }

    /// <summary>Adds a picture, (height, width, 3).</summary>
    public void Picture(ReadOnlySpan<byte> pixels)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        fixed (byte* first = pixels)
            MediaNative.Check(MediaNative.WritePicture(handle, first));
    }

    /// <summary>Ends the file.</summary>
    /// <returns>What was written to memory; empty for a file.</returns>
    public byte[] Finish()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        byte* bytes;
        long length;
        MediaNative.Check(MediaNative.FinishWriter(handle, &bytes, &length));
        return new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
    }

    protected override bool ReleaseHandle()
    {
        MediaNative.CloseWriter(handle);
        return true;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
