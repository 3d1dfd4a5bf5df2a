using System.Diagnostics;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Modalities.Audio;

public sealed class OggTests
{
    /// <summary>A second of sound.</summary>
    public static byte[] Small()
    {
        using var sound = Sines(16000, 1);
        return OggWriter.Encode(sound);
    }

    private static AudioBuffer Sines(int sampleRate, double seconds)
    {
        var sound = new AudioBuffer(2, (int)(sampleRate * seconds), sampleRate);
        TestSounds.Sine(440, sampleRate, seconds).CopyTo(sound.Channel(0));
        TestSounds.Sine(1000, sampleRate, seconds, 0.25).CopyTo(sound.Channel(1));
        return sound;
    }

    [Theory]
    [InlineData(OggCodec.Vorbis, 44100, 44100)]
    [InlineData(OggCodec.Opus, 16000, 48000)]   // Opus is always decoded at 48 kHz
    public void A_sound_comes_back_nearly(OggCodec codec, int sampleRate, int decodedRate)
    {
        using var sound = Sines(sampleRate, 1.5);
        var ogg = OggWriter.Encode(sound, codec, 128_000);

        var info = AudioFile.Probe(ogg);
        Assert.Equal((decodedRate, 2, codec.ToString().ToLowerInvariant(), "ogg"), (info.SampleRate, info.Channels, info.Codec, info.Container));
        Assert.InRange(info.Duration.TotalSeconds, 1.499, 1.51);   // Ogg counts the few milliseconds that Opus begins early
        using var back = AudioFile.Decode(ogg, new() { SampleRate = sampleRate, Mono = false });
        Assert.InRange(back.Length, sound.Length - 2, sound.Length + 2);
        for (var c = 0; c < 2; c++)
            Assert.InRange(TestSounds.LargestDifference(sound.Channel(c).Slice(2000, 18000), back.Channel(c).Slice(2000, 18000)), 0, 0.05f);
    }

    [Theory]
    [InlineData(OggCodec.Vorbis, 44100)]
    [InlineData(OggCodec.Opus, 48000)]
    public void A_part_is_what_the_whole_has_there(OggCodec codec, int sampleRate)
    {
        using var noise = new AudioBuffer(1, 8 * sampleRate, sampleRate);
        TestSounds.Noise(noise.Length).CopyTo(noise.Samples);
        var ogg = OggWriter.Encode(noise, codec);
        using var whole = AudioFile.Decode(ogg, new() { SampleRate = null });

        using var part = AudioFile.Decode(ogg, new() { SampleRate = null, Start = TimeSpan.FromSeconds(5.25), MaxDuration = TimeSpan.FromSeconds(1) });

        var first = (int)(5.25 * sampleRate);
        Assert.InRange(TestSounds.LargestDifference(whole.Samples.Slice(first, sampleRate), part.Samples), 0, 2e-3f);
    }

    [Fact]
    public void A_file_cut_off_in_the_middle_gives_what_it_holds()
    {
        using var sound = new AudioBuffer(1, 10 * 22050, 22050);
        TestSounds.Noise(sound.Length).CopyTo(sound.Samples);
        var ogg = OggWriter.Encode(sound);
        using var half = AudioFile.Decode(ogg[..(ogg.Length / 2)], new() { SampleRate = null });
        Assert.InRange(half.Duration.TotalSeconds, 2, 7);   // pages say where they are, so what is there is sound
        Assert.Equal("its header cannot be read: End of file", Assert.Throws<MediaException>(() => AudioFile.Probe(ogg[..300])).Message);
    }

    [Fact]
    public void Rates_that_Opus_has_not_are_refused() =>
        Assert.StartsWith("Opus codes sound of 8000, 12000, 16000, 24000 or 48000 Hz; this one has 44100; resample it, or use Vorbis",
            Assert.Throws<ArgumentException>(() => new OggWriter(null, 44100, codec: OggCodec.Opus)).Message);

    [Fact, Trait("Category", "Long")]
    public void Half_an_hour_is_read_in_little_memory()
    {
        using var folder = new TemporaryFolder();
        var path = folder["long.ogg"];
        const int Rate = 16000, Seconds = 30 * 60;
        using (var writer = new OggWriter(path, Rate))
        {
            var second = TestSounds.Sine(300, Rate, 1);
            for (var i = 0; i < Seconds; i++)
                writer.Write(second);
            writer.Finish();
        }

        var before = Process.GetCurrentProcess().WorkingSet64;
        var peak = 0L;
        using var reader = new AudioReader(path);
        Assert.Equal(Seconds, reader.Info.Duration.TotalSeconds, 1);
        var block = new float[Rate];
        var samples = 0L;
        for (int read; (read = reader.Read(block)) > 0;)
        {
            samples += read;
            if (samples % (60 * Rate) < Rate)
                peak = Math.Max(peak, Process.GetCurrentProcess().WorkingSet64 - before);
        }
        Assert.InRange(samples, Seconds * Rate - 2048L, Seconds * Rate + 2048L);
        Assert.InRange(peak, 0, 50L << 20);

        // A second near the end, without decoding what lies before.
        var clock = Stopwatch.StartNew();
        using var part = AudioFile.Decode(path, new() { Start = TimeSpan.FromSeconds(Seconds - 10), MaxDuration = TimeSpan.FromSeconds(1) });
        Assert.Equal(Rate, part.Length);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 1000);
        Assert.InRange(part.Samples.ToArray().Max(), 0.4f, 0.6f);
    }

    [Fact]
    public void A_spectrogram_is_drawn_with_time_to_the_right_and_low_frequencies_at_the_bottom()
    {
        using var picture = SpectrogramPicture.Draw([0, 0, 1, /**/ 0, 0.5f, 0], 3);
        Assert.Equal((2, 3), (picture.Height, picture.Width));
        Assert.Equal([255, 255, 255], picture.Row(1).Slice(6, 3).ToArray());
        Assert.Equal([0, 0, 0], picture.Row(1)[..3].ToArray());
        Assert.NotEqual([0, 0, 0], picture.Row(0).Slice(3, 3).ToArray());
    }
}
