using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Video;
using Selfsame.Randomness;

namespace Selfsame.Tests.Modalities.Video;

/// <summary>Parts of pictures are decoded to the very pixels that the whole pictures have there.</summary>
public sealed class VideoCutTests
{
    private const int Frames = 4;

    // Colour planes at half size between and at pixels, palettes with transparency, and what only the general converter knows; odd sides where a coding has them.
    public static TheoryData<string, string, int, int> Codings => new()
    {
        { "mp4", "libx264", 48, 66 },
        { "avi", "mpeg4", 40, 50 },
        { "avi", "mjpeg", 47, 61 },
        { "avi", "mjpeg", 48, 62 },
        { "gif", "gif", 37, 53 },
        { "avi", "huffyuv", 31, 45 },
    };

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_part_has_the_pixels_of_the_whole(string container, string codec, int height, int width)
    {
        var film = Film(container, codec, height, width, Frames);
        using var whole = Whole(film, new() { Frames = Frames });
        Assert.Equal((height, width), (whole.Height, whole.Width));
        foreach (var box in Boxes(height, width))
        {
            using var part = VideoFile.DecodeCut(film, _ => new() { Frames = Frames }, (_, _) => box)!;
            AssertSame(whole, box, part);
        }
    }

    [Fact]
    public void Shrunk_pictures_are_cut_after_shrinking()
    {
        var film = Film("avi", "mjpeg", 60, 90, Frames);
        var clip = new VideoClipSettings { Frames = Frames, FitWithin = 45 };
        var box = new CropBox(3, 7, 21, 30);
        using var whole = Whole(film, clip);
        using var part = VideoFile.DecodeCut(film, _ => clip, (height, width) => (height, width) == (30, 45) ? box : default)!;
        AssertSame(whole, box, part);
    }

    [Fact]
    public void Where_the_size_changes_the_whole_picture_is_resized_first()
    {
        byte[] film = [.. Film("h264", "libx264", 32, 48, 3), .. Film("h264", "libx264", 64, 40, 3)];
        var box = new CropBox(5, 9, 20, 31);
        using var whole = Whole(film, new() { Frames = 6 });
        using var part = VideoFile.DecodeCut(film, _ => new() { Frames = 6 }, (_, _) => box)!;
        AssertSame(whole, box, part);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(180)]
    public void Turned_films_are_cut_upright(int degrees)
    {
        var film = Turned(Film("mp4", "libx264", 32, 48, Frames), degrees);
        using var whole = Whole(film, new() { Frames = Frames });
        Assert.Equal(degrees == 90 ? (48, 32) : (32, 48), (whole.Height, whole.Width));
        var box = new CropBox(3, 1, 20, 17);
        using var part = VideoFile.DecodeCut(film, _ => new() { Frames = Frames }, (_, _) => box)!;
        AssertSame(whole, box, part);
    }

    [Fact]
    public void A_part_outside_is_refused()
    {
        var film = Film("mp4", "libx264", 32, 48, 1);
        var thrown = Assert.Throws<ArgumentException>(() => VideoFile.DecodeCut(film, _ => new() { Frames = 1 }, (_, _) => new(0, 40, 8, 9)));
        Assert.Contains("is not inside of pictures of 32 rows and 48 columns", thrown.Message, StringComparison.Ordinal);
    }

    public static TheoryData<ViewSettings, int> Views => new()
    {
        { new() { Size = 24 }, 0 },
        { new() { Size = 24, Interpolation = Interpolation.Bicubic, Mean = [0.5], Std = [0.5] }, 0 },
        { ViewSettings.Byol(1) with { Size = 24 }, 0 },
        { new() { Size = 24, Crop = new() { Kind = CropKind.ResizeCenter, Resize = 30 } }, 0 },
        { new() { Size = 24, Crop = new() { Kind = CropKind.Resize } }, 0 },
        { new() { Size = 24 }, 40 },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void The_same_draws_give_the_numbers_of_the_whole_clip(ViewSettings view, int fitWithin)
    {
        var film = Film("mp4", "libx264", 48, 66, 12);
        var pipeline = new VideoViewPipeline(new() { Frames = Frames, View = view });
        float[] fromParts = new float[pipeline.Length], fromWhole = new float[pipeline.Length];
        for (var seed = 0UL; seed < 8; seed++)
        {
            var draws = new SeededDraws(seed, 0, 0);
            pipeline.Decode(film, video => pipeline.Part(video, draws) with { FitWithin = fitWithin }, draws, fromParts);

            draws = new SeededDraws(seed, 0, 0);
            using var clip = VideoFile.DecodeChosen(film, video => pipeline.Part(video, draws) with { FitWithin = fitWithin })!;
            pipeline.Apply(clip, draws, fromWhole);
            Assert.Equal(fromWhole, fromParts);
        }
    }

    [Theory]
    [InlineData("mp4", "libx264")]
    [InlineData("avi", "mpeg4")]
    [InlineData("avi", "mjpeg")]
    public void Pictures_that_are_left_out_on_the_way_change_nothing(string container, string codec)
    {
        var film = Film(container, codec, 32, 48, 90);
        using var all = Whole(film, new() { Frames = 90 });
        foreach (var (start, stride) in ((int, int)[])[(0, 1), (0, 9), (4, 17), (31, 3), (40, 8), (89, 1)])
        {
            using var clip = Whole(film, new() { Start = TimeSpan.FromSeconds(start / 25.0), Frames = 5, Stride = stride });
            for (var t = 0; t < 5; t++)
            {
                var shown = Math.Min(start + t * stride, 89);
                Assert.Equal(all.Times[shown], clip.Times[t]);
                Assert.True(all.Frames[shown].Pixels.SequenceEqual(clip.Frames[t].Pixels), $"picture {shown} of {codec}, from {start} in steps of {stride}");
            }
        }
    }

    private static VideoBuffer Whole(byte[] film, VideoClipSettings clip) => VideoFile.DecodeChosen(film, _ => clip)!;

    // Every side of the picture, its whole, a single pixel, even and odd places.
    private static IEnumerable<CropBox> Boxes(int height, int width)
    {
        var random = new Random(3);
        yield return CropBox.Whole(height, width);
        yield return new(0, 0, 1, 1);
        yield return new(height - 1, width - 1, 1, 1);
        yield return new(1, 0, height - 1, 3);
        yield return new(0, width - 3, 5, 3);
        for (var i = 0; i < 24; i++)
        {
            var (rows, columns) = (random.Next(1, height + 1), random.Next(1, width + 1));
            yield return new(random.Next(height - rows + 1), random.Next(width - columns + 1), rows, columns);
        }
    }

    private static void AssertSame(VideoBuffer whole, CropBox box, VideoBuffer part)
    {
        Assert.Equal((box.Height, box.Width), (part.Height, part.Width));
        Assert.Equal(whole.Times, part.Times);
        for (var t = 0; t < whole.Frames.Count; t++)
        {
            using var expected = Framing.Crop(whole.Frames[t], box);
            Assert.True(expected.Pixels.SequenceEqual(part.Frames[t].Pixels), $"picture {t}, {box}");
        }
    }

    // Bright spots that move over a coloured ground, so that codings have edges in brightness and in colour, and something to predict.
    private static byte[] Film(string container, string codec, int height, int width, int frames)
    {
        using var writer = new MediaWriter(null, new(container, codec) { Width = width, Height = height, Rate = 25, BitRate = 2_000_000 });
        using var picture = new ImageBuffer(height, width);
        for (var t = 0; t < frames; t++)
        {
            for (var y = 0; y < height; y++)
                for (int x = 0, at = 0; x < width; x++, at += 3)
                {
                    var spot = (x - 3 * t % width) * (x - 3 * t % width) + (y - t % height) * (y - t % height) < 40;
                    var row = picture.Row(y);
                    (row[at], row[at + 1], row[at + 2]) = spot ? ((byte)250, (byte)(40 * (x & 3)), (byte)0) : ((byte)(3 * x), (byte)(255 - 4 * y), (byte)(x * y + 5 * t));
                }
            writer.Picture(picture.Pixels);
        }

        return writer.Finish();
    }

    // The matrix of an MP4's track header: 36 bytes, a b u c d v x y w, fixed point.
    private static byte[] Turned(byte[] film, int degrees)
    {
        var at = film.AsSpan().IndexOf("tkhd"u8) + 44;
        byte[] one = [0, 1, 0, 0], minusOne = [0xff, 0xff, 0, 0], zero = [0, 0, 0, 0];
        var (a, b, c, d) = degrees switch { 90 => (zero, one, minusOne, zero), 180 => (minusOne, zero, zero, minusOne), _ => (one, zero, zero, one) };
        a.CopyTo(film, at);
        b.CopyTo(film, at + 4);
        c.CopyTo(film, at + 12);
        d.CopyTo(film, at + 16);
        return film;
    }
}
