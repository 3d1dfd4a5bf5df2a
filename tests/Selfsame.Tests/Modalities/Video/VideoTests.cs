using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Video;
using Selfsame.Randomness;
using Selfsame.Tests.Modalities.Audio;

namespace Selfsame.Tests.Modalities.Video;

public sealed class VideoTests
{
    // Picture t is grey of level 10 t + 5, which coding keeps to a few units.
    private static ImageBuffer[] Greys(int count, int height = 32, int width = 48, int first = 0) => [.. Enumerable.Range(first, count).Select(t =>
    {
        var picture = new ImageBuffer(height, width);
        picture.Pixels.Fill((byte)(10 * t + 5));
        return picture;
    })];

    private static int Number(ImageBuffer picture) => picture.Row(picture.Height / 2)[3 * (picture.Width / 2)] / 10;

    private static int[] Numbers(VideoBuffer clip) => [.. clip.Frames.Select(Number)];

    private static byte[] Mp4(int count = 20, double rate = 10, int height = 32, int width = 48) => VideoWriter.Encode(Greys(count, height, width), rate, VideoFormat.Mp4);

    // A bare stream of H.264: no container, so no times, no duration and no count.
    private static byte[] Bare(int count, int height, int width, int first = 0)
    {
        using var writer = new MediaWriter(null, new("h264", "libx264") { Width = width, Height = height, Rate = 25 });
        foreach (var picture in Greys(count, height, width, first))
            writer.Picture(picture.Pixels);
        return writer.Finish();
    }

    [Fact]
    public void The_header_is_reported()
    {
        var info = VideoFile.Probe(Mp4());
        Assert.Equal((20L, true, 10, 32, 48, false, "h264"), (info.Frames, info.IsExact, info.FramesPerSecond, info.Height, info.Width, info.HasSound, info.Codec));
        Assert.Equal(2, info.Duration.TotalSeconds, 3);
    }

    [Fact]
    public void Pictures_come_in_order()
    {
        using var clip = VideoFile.DecodeClip(Mp4(), new() { Frames = 20 });
        Assert.Equal(Enumerable.Range(0, 20), Numbers(clip));
        Assert.Equal((32, 48, 20 * 32 * 48 * 3), (clip.Height, clip.Width, clip.Pixels.Length));
        Assert.Equal(1.9, clip.Times[19].TotalSeconds, 3);
    }

    [Theory]
    [InlineData(0, null, 3, new[] { 0, 3, 6, 9 })]
    [InlineData(0.5, null, 2, new[] { 5, 7, 9, 11 })]
    [InlineData(0.5, 5.0, 1, new[] { 5, 7, 9, 11 })]
    [InlineData(1.25, 20.0, 1, new[] { 12, 13, 13, 14 })]     // shown at 1.25, 1.30, 1.35 and 1.40 s
    [InlineData(1.7, null, 1, new[] { 17, 18, 19, 19 })]      // the last one stays
    [InlineData(99, null, 1, new[] { 19, 19, 19, 19 })]
    public void A_clip_shows_what_the_video_shows_at_its_times(double start, double? rate, int stride, int[] expected)
    {
        using var clip = VideoFile.DecodeClip(Mp4(), new() { Start = TimeSpan.FromSeconds(start), Frames = 4, FramesPerSecond = rate, Stride = stride });
        Assert.Equal(expected, Numbers(clip));
    }

    [Fact]
    public void Seeking_far_into_a_video_lands_on_the_picture()
    {
        var pictures = Enumerable.Range(0, 600).Select(t => Greys(1, 16, 16, t % 25)[0]).ToArray();   // x264 sets a key picture every 250
        var video = VideoWriter.Encode(pictures, 25, VideoFormat.Mp4);
        using var clip = VideoFile.DecodeClip(video, new() { Start = TimeSpan.FromSeconds(533 / 25.0), Frames = 3 });
        Assert.Equal([8, 9, 10], Numbers(clip));
    }

    [Fact]
    public void A_bare_stream_is_counted()
    {
        var info = VideoFile.Probe(Bare(13, 32, 48));
        Assert.Equal((13L, true, 32, 48), (info.Frames, info.IsExact, info.Height, info.Width));
        Assert.Equal(13 / 25.0, info.Duration.TotalSeconds, 2);
    }

    [Fact]
    public void A_video_that_changes_its_size_keeps_that_of_the_clips_first_picture()
    {
        byte[] video = [.. Bare(8, 32, 48), .. Bare(8, 64, 40, first: 8)];
        using var clip = VideoFile.DecodeClip(video, new() { Frames = 16 });
        Assert.Equal((32, 48), (clip.Height, clip.Width));
        Assert.Equal(Enumerable.Range(0, 16), Numbers(clip));
    }

    [Fact]
    public void Large_pictures_are_shrunk_and_too_large_ones_refused()
    {
        using var clip = VideoFile.DecodeClip(Mp4(height: 60, width: 90), new() { Frames = 2, FitWithin = 45 });
        Assert.Equal((30, 45), (clip.Height, clip.Width));
        Assert.Throws<MediaException>(() => VideoFile.DecodeClip(Mp4(), new() { MaxPixels = 100 }));
    }

    [Fact]
    public void Odd_sides_are_written()
    {
        using var clip = VideoFile.DecodeClip(Mp4(height: 31, width: 47), new() { Frames = 20 });
        Assert.Equal(Enumerable.Range(0, 20), Numbers(clip));
    }

    [Fact]
    public void A_gif_comes_back_in_its_colours_and_a_webp_is_an_animation()
    {
        var red = new ImageBuffer(20, 20);
        var blue = new ImageBuffer(20, 20);
        for (var i = 0; i < 400; i++)
        {
            ((byte[])[255, 0, 0]).CopyTo(red.Pixels[(3 * i)..]);
            ((byte[])[0, 0, 255]).CopyTo(blue.Pixels[(3 * i)..]);
        }
        var gif = VideoWriter.Encode([red, blue, red], 5, VideoFormat.Gif);
        using var clip = VideoFile.DecodeClip(gif, new() { Frames = 3 });
        Assert.Equal([[252, 0, 0], [0, 0, 255], [252, 0, 0]], clip.Frames.Select(frame => frame.Row(9)[..3].ToArray()));   // 8 levels of red and green, 4 of blue
        Assert.Equal(0.4, clip.Times[2].TotalSeconds, 2);

        var webp = VideoWriter.Encode([red, blue, red], 5);
        Assert.Equal("RIFF", System.Text.Encoding.ASCII.GetString(webp, 0, 4));
        Assert.True(webp.AsSpan().IndexOf("ANIM"u8) > 0, "no animation header");
        Assert.Equal(3, Count(webp, "ANMF"u8));
        using var still = MediaDecoder.DecodeImage(webp);
        Assert.InRange(still.Row(9)[0], 240, 255);
    }

    [Fact]
    public void Files_are_written_by_the_ending_of_their_name()
    {
        using var folder = new TemporaryFolder();
        VideoWriter.Write(folder["clip.mp4"], Greys(3), 10);
        Assert.Equal(3, VideoFile.Probe(folder["clip.mp4"]).Frames);
        Assert.StartsWith("'.mov' is no ending of a video that is written here; endings are .webp, .gif and .mp4",
            Assert.Throws<ArgumentException>(() => VideoWriter.Write(folder["clip.mov"], Greys(3), 10)).Message);
    }

    [Fact]
    public void What_has_no_moving_pictures_or_no_sound_is_refused()
    {
        var wav = WavFile.Encode(new float[8000], 1, 16000);
        Assert.Equal("the file (wav) has no moving pictures", Assert.Throws<MediaException>(() => VideoFile.Probe(wav)).Message);
        var thrown = Assert.Throws<MediaException>(() => AudioFile.Probe(Mp4()));
        Assert.Equal((MediaError.NoSuchStream, "the file (mov,mp4,m4a,3gp,3g2,mj2) has no sound"), (thrown.Error, thrown.Message));
        Assert.Throws<MediaException>(() => VideoFile.Probe(Mp4()[..200]));
    }

    [Fact]
    public void Damage_never_crashes()
    {
        var video = Mp4();
        var ogg = OggTests.Small();
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            Try(() => VideoFile.DecodeClip(Damaged(video, random), new() { Frames = 20 }).Dispose());
            Try(() => AudioFile.Decode(Damaged(ogg, random)).Dispose());
        }

        static byte[] Damaged(byte[] file, Random random)
        {
            var copy = file.ToArray();
            for (var i = 0; i < 12; i++)
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            return random.Next(3) == 0 ? copy[..random.Next(1, copy.Length)] : copy;
        }

        static void Try(Action action)
        {
            try
            {
                action();
            }
            catch (MediaException)
            {
            }
        }
    }

    [Fact]
    public void Every_picture_of_a_clip_gets_the_same_view()
    {
        var settings = new VideoViewSettings { Frames = 3, View = ViewSettings.Byol(1) with { Size = 24, Blur = null } };
        var pipeline = new VideoViewPipeline(settings);
        Assert.Equal([3, 3, 24, 24], pipeline.Shape);
        using var clip = new VideoBuffer(3, 40, 50);
        var random = new Random(1);
        random.NextBytes(clip.Frames[0].Pixels);
        clip.Frames[0].Pixels.CopyTo(clip.Frames[1].Pixels);   // the same picture three times
        clip.Frames[0].Pixels.CopyTo(clip.Frames[2].Pixels);

        var view = new float[pipeline.Length];
        pipeline.Apply(clip, new SeededDraws(5, 0, 0), view);

        var alone = new float[3 * 24 * 24];
        new ViewPipeline(settings.View).Apply(clip.Frames[0], new SeededDraws(5, 0, 0), alone);
        for (var c = 0; c < 3; c++)
            for (var t = 0; t < 3; t++)
                Assert.Equal(alone.AsSpan(c * 576, 576).ToArray(), view.AsSpan((c * 3 + t) * 576, 576).ToArray());
    }

    [Fact]
    public void Clips_begin_where_they_fit()
    {
        var video = new VideoInfo(TimeSpan.FromSeconds(10), 250, true, 25, 32, 32, false, "h264", "mp4");
        var pipeline = new VideoViewPipeline(new() { Frames = 50, View = new() { Size = 16 } });
        var starts = Enumerable.Range(0, 200).Select(seed => pipeline.Part(video, new SeededDraws((ulong)seed, 0, 0)).Start.TotalSeconds).ToArray();
        Assert.InRange(starts.Min(), 0, 0.5);
        Assert.InRange(starts.Max(), 7.5, 8);
        Assert.Equal(4, new VideoViewPipeline(new() { Frames = 50, Start = ClipStart.Center }).Part(video, new SeededDraws(0, 0, 0)).Start.TotalSeconds, 6);
        Assert.Equal(TimeSpan.Zero, new VideoViewPipeline(new() { Frames = 500 }).Part(video, new SeededDraws(0, 0, 0)).Start);
    }

    private static int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mark)
    {
        var count = 0;
        for (int at; (at = bytes.IndexOf(mark)) >= 0; count++)
            bytes = bytes[(at + mark.Length)..];
        return count;
    }
}
