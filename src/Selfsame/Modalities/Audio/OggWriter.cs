using Selfsame.Modalities.Media;

namespace Selfsame.Modalities.Audio;

/// <summary>How an Ogg file codes its sound.</summary>
public enum OggCodec
{
    /// <summary>Vorbis, any rate; what FFmpeg's <c>libvorbis</c> writes.</summary>
    Vorbis,

    /// <summary>Opus at 8, 12, 16, 24 or 48 kHz; what FFmpeg's <c>libopus</c> writes. Better than Vorbis at few bits.</summary>
    Opus,
}

/// <summary>Writes a sound as Ogg, piece by piece, to a file or to memory.</summary>
public sealed class OggWriter : IDisposable
{
    private readonly MediaWriter _writer;
    private readonly int _channels;
    private readonly bool _toFile;

    /// <summary>Begins.</summary>
    /// <param name="path">A file, overwritten as writing goes on; null for memory.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="channels">1 to 8.</param>
    /// <param name="codec">How it is coded.</param>
    /// <param name="bitRate">Bits a second; 0 for the codec's default.</param>
    /// <exception cref="MediaException">This build of FFmpeg cannot write that, or the file cannot be made.</exception>
    /// <exception cref="ArgumentException">A number is outside its range.</exception>
    public OggWriter(string? path, int sampleRate, int channels = 1, OggCodec codec = OggCodec.Vorbis, long bitRate = 0)
    {
        if (codec == OggCodec.Opus && sampleRate is not (8000 or 12000 or 16000 or 24000 or 48000))
            throw new ArgumentException($"Opus codes sound of 8000, 12000, 16000, 24000 or 48000 Hz; this one has {sampleRate}; resample it, or use Vorbis", nameof(sampleRate));
        _writer = new(path, new("ogg", codec == OggCodec.Opus ? "libopus" : "libvorbis") { SampleRate = sampleRate, Channels = channels, BitRate = bitRate });
        (_channels, _toFile) = (channels, path is not null);
    }

    /// <summary>Encodes a sound.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="MediaException">This build of FFmpeg cannot write that.</exception>
    public static byte[] Encode(AudioBuffer sound, OggCodec codec = OggCodec.Vorbis, long bitRate = 0)
    {
        ArgumentNullException.ThrowIfNull(sound);
        using var writer = new OggWriter(null, sound.SampleRate, sound.Channels, codec, bitRate);
        writer.Write(sound.Samples);
        return writer.Finish();
    }

    /// <summary>Adds samples.</summary>
    /// <param name="samples">(channels, n).</param>
    /// <exception cref="ArgumentException">They are not so many channels.</exception>
    public void Write(ReadOnlySpan<float> samples)
    {
        if (samples.Length % _channels != 0)
            throw new ArgumentException($"{samples.Length} numbers are not a sound of {_channels} channels", nameof(samples));
        _writer.Sound(samples, samples.Length / _channels, samples.Length / _channels);
    }

    /// <summary>Ends the file; without it, the file is cut off.</summary>
    /// <returns>What was written to memory; empty for a file.</returns>
    /// <exception cref="MediaException">The last of it cannot be written.</exception>
    public byte[] Finish()
    {
        var bytes = _writer.Finish();
        return _toFile ? [] : bytes;
    }

    /// <summary>Frees the encoder.</summary>
    public void Dispose() => _writer.Dispose();
}
