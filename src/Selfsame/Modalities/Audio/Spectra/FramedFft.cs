using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Receives the spectra of a sound, eight frames at a time.</summary>
internal interface ISpectrumSink
{
    /// <param name="frame">First of the frames.</param>
    /// <param name="count">How many of the eight there are, at least 1.</param>
    /// <param name="real">(bins).</param>
    /// <param name="imaginary">(bins).</param>
    void Take(int frame, int count, ReadOnlySpan<Vector256<float>> real, ReadOnlySpan<Vector256<float>> imaginary);
}

/// <summary>Cuts a sound into windowed frames and transforms them. Immutable; works in rented memory, whatever the number of frames.</summary>
internal sealed class FramedFft
{
    private readonly float[] _window;
    private readonly int _offset;

    /// <param name="size">Samples that are transformed, at least 2.</param>
    /// <param name="hop">Samples from one frame to the next, at least 1.</param>
    /// <param name="window">Factors of a frame's samples; at most <paramref name="size"/>.</param>
    /// <param name="offset">Zeros in front of the windowed samples; those behind fill up to <paramref name="size"/>.</param>
    public FramedFft(int size, int hop, float[] window, int offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        if (window.Length + offset > size)
            throw new ArgumentException($"a window of {window.Length} samples does not fit into a transform of {size}");
        (Fft, Hop, _window, _offset) = (new(size), hop, window, offset);
    }

    /// <summary>The transform.</summary>
    public RealFft Fft { get; }

    /// <summary>Samples from one frame to the next.</summary>
    public int Hop { get; }

    /// <summary>Subtract each frame's mean before anything else.</summary>
    public bool RemoveMean { get; init; }

    /// <summary>Share of the sample before that is subtracted from each, after the mean; the first sample counts as its own predecessor.</summary>
    public float PreEmphasis { get; init; }

    /// <summary>Transforms every frame.</summary>
    /// <param name="signal">The sound; windowed samples of frame f begin at f * hop + <paramref name="begin"/>.</param>
    /// <param name="begin">Where the windowed samples of frame 0 begin.</param>
    /// <param name="frames">How many.</param>
    /// <param name="sink">Receives the spectra in order.</param>
    public void Run<TSink>(ReadOnlySpan<float> signal, int begin, int frames, ref TSink sink)
        where TSink : ISpectrumSink, allows ref struct
    {
        var (size, bins) = (Fft.Length, Fft.Bins);
        var memory = ArrayPool<float>.Shared.Rent((size + 2 * bins + Fft.Work) * FrameLanes.Count);
        var samples = memory.AsLanes(0, size);
        var real = memory.AsLanes(size, bins);
        var imaginary = memory.AsLanes(size + bins, bins);
        var work = memory.AsLanes(size + 2 * bins, Fft.Work);
        samples.Clear();
        var windowed = samples.Slice(_offset, _window.Length);
        for (var frame = 0; frame < frames; frame += FrameLanes.Count)
        {
            FrameLanes.Load(signal, Hop, begin, frame, frames, windowed);
            if (RemoveMean)
                SubtractMean(windowed);
            if (PreEmphasis != 0)
                Emphasize(windowed);
            for (var t = 0; t < windowed.Length; t++)
                windowed[t] *= _window[t];
            Fft.Forward(samples, real, imaginary, work);
            sink.Take(frame, Math.Min(FrameLanes.Count, frames - frame), real, imaginary);
        }
        ArrayPool<float>.Shared.Return(memory);
    }

    /// <summary>The next power of two, as Kaldi pads its frames to.</summary>
    public static int PowerOfTwo(int length) => (int)BitOperations.RoundUpToPowerOf2((uint)length);

    private static void SubtractMean(Span<Vector256<float>> frame)
    {
        var sum = Vector256<float>.Zero;
        foreach (var value in frame)
            sum += value;
        var mean = sum / frame.Length;
        foreach (ref var value in frame)
            value -= mean;
    }

    private void Emphasize(Span<Vector256<float>> frame)
    {
        for (var t = frame.Length - 1; t > 0; t--)
            frame[t] -= frame[t - 1] * PreEmphasis;
        frame[0] -= frame[0] * PreEmphasis;
    }
}
