using System.Buffers.Binary;

namespace Selfsame.Modalities.Audio;

/// <summary>How a WAV file holds its samples.</summary>
public enum WavFormat
{
    /// <summary>16-bit whole numbers; what lies outside -1 to 1 is clipped.</summary>
    Pcm16,

    /// <summary>32-bit reals, exactly as given.</summary>
    Float32,
}

/// <summary>Writes WAV files. They are read as any other sound, by <see cref="AudioFile"/>.</summary>
public static class WavFile
{
    private const int BlockSamples = 4096;

    /// <summary>Encodes a sound.</summary>
    /// <returns>The file.</returns>
    public static byte[] Encode(AudioBuffer sound, WavFormat format = WavFormat.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(sound);
        return Encode(sound.Samples, sound.Channels, sound.SampleRate, format);
    }

    /// <summary>Encodes samples.</summary>
    /// <param name="samples">(channels, length).</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="format">How they are held.</param>
    /// <returns>The file.</returns>
    public static byte[] Encode(ReadOnlySpan<float> samples, int channels, int sampleRate, WavFormat format = WavFormat.Pcm16)
    {
        using var stream = new MemoryStream();
        Write(stream, samples, channels, sampleRate, format);
        return stream.ToArray();
    }

    /// <summary>Writes a sound to a file, whole or not at all.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string path, AudioBuffer sound, WavFormat format = WavFormat.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(sound);
        AtomicFile.Write(path, stream => Write(stream, sound.Samples, sound.Channels, sound.SampleRate, format));
    }

    /// <summary>Writes samples to a stream.</summary>
    /// <inheritdoc cref="Encode(ReadOnlySpan{float}, int, int, WavFormat)"/>
    /// <exception cref="ArgumentException">The samples are not so many channels, or more than a WAV file holds (4 GiB).</exception>
    public static void Write(Stream stream, ReadOnlySpan<float> samples, int channels, int sampleRate, WavFormat format = WavFormat.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        var width = format == WavFormat.Pcm16 ? 2 : 4;
        if (samples.Length % channels != 0 || (long)samples.Length * width > uint.MaxValue - 64)
            throw new ArgumentException($"{samples.Length} numbers are not a sound of {channels} channels that fits into a WAV file", nameof(samples));
        Header(stream, samples.Length * (long)width, channels, sampleRate, format);

        var length = samples.Length / channels;
        Span<byte> block = new byte[Math.Min(BlockSamples, Math.Max(1, length)) * channels * width];
        var at = 0;
        for (var i = 0; i < length; i++)
        {
            for (var c = 0; c < channels; c++, at += width)
            {
                var value = samples[c * length + i];
                if (format == WavFormat.Pcm16)
                    BinaryPrimitives.WriteInt16LittleEndian(block[at..], (short)Math.Clamp(MathF.Round(value * 32768), short.MinValue, short.MaxValue));
                else
                    BinaryPrimitives.WriteSingleLittleEndian(block[at..], value);
            }
            if (at == block.Length)
            {
                stream.Write(block);
                at = 0;
            }
        }
        stream.Write(block[..at]);
    }

    private static void Header(Stream stream, long bytes, int channels, int sampleRate, WavFormat format)
    {
        var width = format == WavFormat.Pcm16 ? 2 : 4;
        Span<byte> header = stackalloc byte[44];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(36 + bytes));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], (ushort)(format == WavFormat.Pcm16 ? 1 : 3));
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], checked((ushort)channels));
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(sampleRate * channels * width));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)(channels * width));
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], (ushort)(8 * width));
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], (uint)bytes);
        stream.Write(header);
    }
}
