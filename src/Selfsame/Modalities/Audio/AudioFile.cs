using System.Buffers;
using Selfsame.Modalities.Media;

namespace Selfsame.Modalities.Audio;

/// <summary>Decodes sound of any format FFmpeg reads, also the sound of a video. Safe from any thread.</summary>
public static unsafe class AudioFile
{
    private const int MostNumbers = 1 << 30;
    private const int FirstGuess = 1 << 16;

    /// <summary>Reads what the file says about its sound, and decodes its begin. Where the container keeps no duration, the file is read through, without decoding.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <exception cref="MediaException">Not a sound, damaged already at its begin, or not to be opened.</exception>
    public static AudioInfo Probe(MediaSource source)
    {
        using var stream = new MediaStream(source, MediaNative.Sound);
        return Describe(stream.Measured());
    }

    /// <summary>Decodes a sound, or a part of it, into pooled memory that the caller disposes.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="settings">Rate, channels and part; null for 16 kHz mono, all of it.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>(channels, length); of length 0 where <see cref="AudioDecodeSettings.Start"/> lies behind the end.</returns>
    /// <exception cref="MediaException">Not a sound, truncated, damaged, or too long for one buffer.</exception>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public static AudioBuffer Decode(MediaSource source, AudioDecodeSettings? settings = null, CancellationToken cancellation = default)
    {
        using var reader = new AudioReader(source, settings);
        settings ??= AudioDecodeSettings.Default;
        var (channels, most) = (reader.Channels, MostNumbers / reader.Channels);
        var wanted = (reader.Info.Duration - settings.Start).TotalSeconds;
        if (settings.MaxDuration is { } limit)
            wanted = Math.Min(wanted, limit.TotalSeconds);
        var capacity = (int)Math.Clamp(wanted * reader.SampleRate + FirstGuess, FirstGuess, most);
        var samples = ArrayPool<float>.Shared.Rent(capacity * channels);
        try
        {
            var length = 0;
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = reader.Read(samples, capacity, length, Math.Min(capacity - length, FirstGuess));
                length += read;
                if (read == 0)
                    break;
                if (length == capacity)
                    capacity = Grow(ref samples, channels, length, most);
            }
            for (var c = 1; c < channels; c++)
                samples.AsSpan(c * capacity, length).CopyTo(samples.AsSpan(c * length));
            return new(samples, channels, length, reader.SampleRate) { DamagedPackets = reader.DamagedPackets };
        }
        catch
        {
            ArrayPool<float>.Shared.Return(samples);
            throw;
        }
    }

    internal static AudioInfo Describe(MediaNative.StreamInfo info) => new(
        TimeSpan.FromSeconds(Math.Max(0, info.Duration)), info.Exact == MediaNative.Exact, (int)info.Rate, info.Channels, MediaStream.Name(info.Codec), MediaStream.Name(info.Container));

    private static int Grow(ref float[] samples, int channels, int length, int most)
    {
        if (length >= most)
            throw new MediaException(MediaError.TooLarge, $"the sound has more than {most} samples in each of {channels} channels; decode a part (start, max_duration), or read it piece by piece");
        var capacity = (int)Math.Min(2L * length, most);
        var larger = ArrayPool<float>.Shared.Rent(capacity * channels);
        for (var c = 0; c < channels; c++)
            samples.AsSpan(c * length, length).CopyTo(larger.AsSpan(c * capacity));
        ArrayPool<float>.Shared.Return(samples);
        samples = larger;
        return capacity;
    }
}
