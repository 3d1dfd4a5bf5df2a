using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Modalities.Audio;

public sealed class AudioFileTests
{
    private static readonly AudioDecodeSettings s_stored = new() { SampleRate = null, Mono = false };

    [Fact]
    public void Reals_in_a_wav_file_come_back_exactly()
    {
        var samples = TestSounds.Noise(2 * 9001);
        var wav = TestSounds.Wav(samples, 44100, channels: 2);

        using var sound = AudioFile.Decode(wav, s_stored);

        Assert.Equal((2, 9001, 44100, 0L), (sound.Channels, sound.Length, sound.SampleRate, sound.DamagedPackets));
        Assert.Equal(samples, sound.Samples.ToArray());
    }

    [Fact]
    public void Sixteen_bits_are_scaled_by_32768_and_clipped_on_writing()
    {
        var wav = TestSounds.Wav([0.5f, -1, 1, 2, 1f / 32768, -3], 8000, format: WavFormat.Pcm16);
        using var sound = AudioFile.Decode(wav, s_stored);
        Assert.Equal([0.5f, -1, 32767f / 32768, 32767f / 32768, 1f / 32768, -1], sound.Samples.ToArray());
    }

    [Fact]
    public void The_header_is_reported()
    {
        var info = AudioFile.Probe(TestSounds.Wav(new float[2 * 4800], 96000, channels: 2, WavFormat.Pcm16));
        Assert.Equal(new AudioInfo(TimeSpan.FromSeconds(0.05), true, 96000, 2, "pcm_s16le", "wav"), info);
    }

    [Fact]
    public void Channels_are_mixed_by_their_plain_mean()
    {
        var wav = TestSounds.Wav([0.25f, 0.5f, 1, /**/ 0.75f, -0.5f, 0], 16000, channels: 2);
        using var sound = AudioFile.Decode(wav);
        Assert.Equal([0.5f, 0, 0.5f], sound.Samples.ToArray());
    }

    [Fact]
    public void Stereo_of_96_kHz_becomes_16_kHz_mono()
    {
        var left = TestSounds.Sine(440, 96000, 0.5);
        var wav = TestSounds.Wav([.. left, .. left], 96000, channels: 2);

        using var sound = AudioFile.Decode(wav);

        Assert.Equal((1, 8000, 16000), (sound.Channels, sound.Length, sound.SampleRate));
        var expected = TestSounds.Sine(440, 16000, 0.5);
        Assert.InRange(TestSounds.LargestDifference(expected.AsSpan(100, 7800), sound.Samples.Slice(100, 7800)), 0, 2e-3f);
    }

    [Theory]
    [InlineData(44100, 16000)]
    [InlineData(8000, 16000)]
    [InlineData(16000, 16000)]
    [InlineData(48000, 22050)]
    public void Reading_in_pieces_and_at_once_give_the_same_samples(int from, int to)
    {
        var samples = TestSounds.Noise(from * 2 + 77);
        var wav = TestSounds.Wav(samples, from);
        using var whole = AudioFile.Decode(wav, new() { SampleRate = to });
        var expected = new float[Resampler.Between(from, to).OutputLength(samples.Length)];
        Resampler.Between(from, to).Apply(samples, expected);
        Assert.Equal(expected, whole.Samples.ToArray());

        using var reader = new AudioReader(wav, new() { SampleRate = to });
        var pieces = new List<float>();
        var piece = new float[997];
        for (int read; (read = reader.Read(piece)) > 0;)
            pieces.AddRange(piece.AsSpan(0, read));
        Assert.Equal(expected, pieces);
    }

    [Theory]
    [InlineData(44100, 16000, 0.01)]
    [InlineData(44100, 16000, 1.234567)]
    [InlineData(8000, 16000, 1.9)]
    [InlineData(16000, 16000, 0.7)]
    public void A_part_is_what_the_whole_has_there(int from, int to, double start)
    {
        var wav = TestSounds.Wav(TestSounds.Noise(2 * from * 2), from, channels: 2);
        using var whole = AudioFile.Decode(wav, new() { SampleRate = to, Mono = false });

        using var part = AudioFile.Decode(wav, new() { SampleRate = to, Mono = false, Start = TimeSpan.FromSeconds(start), MaxDuration = TimeSpan.FromSeconds(0.3) });

        var first = (int)Math.Round(start * to);
        Assert.Equal(Math.Min((int)Math.Round(0.3 * to), whole.Length - first), part.Length);
        for (var c = 0; c < 2; c++)
            Assert.Equal(whole.Channel(c).Slice(first, part.Length).ToArray(), part.Channel(c).ToArray());
    }

    [Fact]
    public void A_start_behind_the_end_gives_no_sound()
    {
        using var sound = AudioFile.Decode(TestSounds.Wav(new float[1600], 16000), new() { Start = TimeSpan.FromSeconds(5) });
        Assert.Equal(0, sound.Length);
    }

    [Fact]
    public void A_twentieth_of_a_second_is_enough()
    {
        using var sound = AudioFile.Decode(TestSounds.Wav(TestSounds.Sine(440, 22050, 0.05), 22050, format: WavFormat.Pcm16));
        Assert.Equal(800, sound.Length);   // 1102 * 16000 / 22050 = 799.6
    }

    public static TheoryData<string, byte[], MediaError, string> Bad => new()
    {
        { "empty.wav", [], MediaError.Corrupt, "empty.wav: the file is empty" },
        { "text.wav", [.. "This is a letter, and no sound at all.\n"u8], MediaError.UnknownFormat, "text.wav: its content is of no sound or video format that FFmpeg knows, whatever the file is called" },
        { "cut.wav", TestSounds.Wav(TestSounds.Noise(32000), 16000)[..64044], MediaError.Corrupt, "cut.wav: it is truncated: its header promises 2.00 s of sound, it ends after 1.00 s" },
        { "nothing.wav", TestSounds.Wav([], 16000), MediaError.Corrupt, "nothing.wav: the sound in it cannot be decoded: it ends before the first frame" },
        { "nan.wav", TestSounds.Wav([0, 1, float.NaN, 0], 16000), MediaError.Corrupt, "nan.wav: it holds values that are no finite numbers after 0.00 s" },
        { "picture.ogg", PngWriter.Encode(new byte[3 * 64], 8, 8, 3), MediaError.NoSuchStream, "picture.ogg: the file (png_pipe) has no sound" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Bad_files_are_refused_with_the_reason(string name, byte[] content, MediaError error, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Add(name, content);
        var thrown = Assert.Throws<MediaException>(() => AudioFile.Decode(path).Dispose());
        Assert.Equal((message, error), (thrown.Message, thrown.Error));
    }

    [Fact]
    public void What_is_not_a_file_is_unreadable()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("missing.wav: the file cannot be opened: No such file or directory", Assert.Throws<MediaException>(() => AudioFile.Probe(folder["missing.wav"])).Message);
        Assert.Equal(MediaError.Unreadable, Assert.Throws<MediaException>(() => AudioFile.Probe(folder.Path)).Error);
    }

    [Fact]
    public void A_playlist_opens_no_other_file()
    {
        using var folder = new TemporaryFolder();
        var secret = folder.Add("secret.wav", TestSounds.Wav(new float[1600], 16000));
        var list = folder.Add("list.wav", [.. System.Text.Encoding.UTF8.GetBytes($"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n")]);
        var concat = folder.Add("concat.wav", [.. System.Text.Encoding.UTF8.GetBytes($"ffconcat version 1.0\nfile '{secret}'\n")]);
        Assert.Equal("list.wav: it is a list of other files (hls); give those themselves", Assert.Throws<MediaException>(() => AudioFile.Decode(list).Dispose()).Message);
        Assert.Equal("concat.wav: it is a list of other files (concat); give those themselves", Assert.Throws<MediaException>(() => AudioFile.Decode(concat).Dispose()).Message);
    }

    [Fact]
    public void Settings_outside_their_range_are_refused()
    {
        var wav = TestSounds.Wav(new float[16], 16000);
        Assert.StartsWith("a sample rate of 0 was asked for; it lies between 1 and 768000 Hz", Assert.Throws<ArgumentException>(() => AudioFile.Decode(wav, new() { SampleRate = 0 })).Message);
        Assert.Throws<ArgumentException>(() => AudioFile.Decode(wav, new() { MaxDuration = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => AudioFile.Decode(wav, new() { Start = TimeSpan.FromSeconds(-1) }));
    }
}
