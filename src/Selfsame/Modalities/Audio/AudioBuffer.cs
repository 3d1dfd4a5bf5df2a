using System.Buffers;

namespace Selfsame.Modalities.Audio;

/// <summary>A sound in host memory: 32-bit reals, one channel after the other (channels, length). Pooled; dispose it.</summary>
/// <remarks>Full scale is -1 to 1. Lossy codings may overshoot it a little; nothing is clipped on reading.</remarks>
public sealed class AudioBuffer : IDisposable
{
    private float[]? _samples;

    /// <summary>Takes memory for a sound; its content is undefined.</summary>
    /// <param name="channels">At least 1.</param>
    /// <param name="length">Samples of each channel; 0 for no sound at all.</param>
    /// <param name="sampleRate">Samples a second, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public AudioBuffer(int channels, int length, int sampleRate)
        : this(ArrayPool<float>.Shared.Rent(checked(Math.Max(channels, 1) * Math.Max(length, 0))), channels, length, sampleRate)
    {
    }

    internal AudioBuffer(float[] rented, int channels, int length, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        (_samples, Channels, Length, SampleRate) = (rented, channels, length, sampleRate);
    }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Samples of each channel.</summary>
    public int Length { get; }

    /// <summary>Samples a second.</summary>
    public int SampleRate { get; }

    /// <summary>How long it lasts.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Length / SampleRate);

    /// <summary>Packets of the file that were damaged and left out; 0 for a sound one.</summary>
    public long DamagedPackets { get; internal init; }

    /// <summary>All samples, (channels, length). Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The sound was given back.</exception>
    public Span<float> Samples
    {
        get
        {
            ObjectDisposedException.ThrowIf(_samples is null, this);
            return _samples.AsSpan(0, Channels * Length);
        }
    }

    /// <summary>One channel, (length).</summary>
    public Span<float> Channel(int channel) => Samples.Slice(channel * Length, Length);

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _samples, null) is { } samples)
            ArrayPool<float>.Shared.Return(samples);
    }
}
