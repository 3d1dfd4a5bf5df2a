using System.Text;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Data;

public class MediaDecoderTests
{
    // 24 x 16: columns 0-7 red (250, y < 8 ? 0 : 200, 0), the others blue (0, y < 8 ? 0 : 200, 250).
    internal const string Jpeg = "/9j//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAgEBAQEBAUFBQUFBQYGBgYGBgYGBgYGBgYHBwcICAgHBwcGBgcHCAgICAkJCQgICAgJCQoKCgwMCwsODg4RERT/xABOAAEBAQAAAAAAAAAAAAAAAAAHBggBAQEBAAAAAAAAAAAAAAAAAAcGCBABAAAAAAAAAAAAAAAAAAAAABEBAAAAAAAAAAAAAAAAAAAAAP/AABEIABAAGAMBEgACEgADEgD/2gAMAwEAAhEDEQA/AIo6pUen0VstnZukeoIVgk7EIelQVv/Z";
    internal const string WebP = "UklGRjoAAABXRUJQVlA4TC0AAAAvF8ADAB8wyEKChOT/vSYhQWLy/17S/Ad6RYAw22iSkzzJ/Y8gov+hAM+t6gkA";

    private static byte[] Pixel(ImageBuffer image, int x, int y) => image.Row(y).Slice(x * image.Channels, image.Channels).ToArray();

    private static void AssertNear(byte[] expected, byte[] actual, int tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"expected {string.Join(",", expected)}, got {string.Join(",", actual)}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Png_comes_back_exactly(int channels)
    {
        const int width = 37, height = 21;
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i * 97 % 251);

        using var image = MediaDecoder.DecodeImage(PngWriter.Encode(pixels, width, height, channels), new() { Alpha = channels == 4 });

        Assert.Equal((height, width, channels == 4 ? 4 : 3), (image.Height, image.Width, image.Channels));
        var expected = channels == 1 ? [.. pixels.SelectMany(p => (byte[])[p, p, p])] : pixels;
        Assert.Equal(expected, image.Pixels.ToArray());
    }

    [Fact]
    public void Transparency_is_composited_on_the_background()
    {
        var png = PngWriter.Encode([200, 100, 0, 128, 10, 20, 30, 0, 10, 20, 30, 255], 3, 1, 4);

        using var onWhite = MediaDecoder.DecodeImage(png);
        using var onBlue = MediaDecoder.DecodeImage(png, new() { Background = 0x0000FF });

        // 200 * 128/255 + 255 * 127/255 = 227.4; 100 -> 177.2; 0 -> 127
        Assert.Equal([227, 177, 127, 255, 255, 255, 10, 20, 30], onWhite.Pixels.ToArray());
        Assert.Equal([100, 50, 127, 0, 0, 255, 10, 20, 30], onBlue.Pixels.ToArray());
    }

    [Fact]
    public void Palette_with_transparency_and_16_bits_are_read()
    {
        var palette = PngFile.Of(PngFile.Header(2, 1, 8, 3), PngFile.Chunk("PLTE", [255, 0, 0, 0, 255, 0]), PngFile.Chunk("tRNS", [255, 0]), PngFile.Data([0, 1]), PngFile.End());
        var deep = PngFile.Of(PngFile.Header(1, 1, 16, 2), PngFile.Data([0x12, 0xFF, 0x34, 0x00, 0xFE, 0x80]), PngFile.End());

        using var fromPalette = MediaDecoder.DecodeImage(palette);
        using var fromDeep = MediaDecoder.DecodeImage(deep);

        Assert.Equal([255, 0, 0, 255, 255, 255], fromPalette.Pixels.ToArray());
        Assert.Equal([0x12, 0x34, 0xFE], fromDeep.Pixels.ToArray());
    }

    [Fact]
    public void Jpeg_is_read_and_turned_upright()
    {
        var jpeg = Convert.FromBase64String(Jpeg);
        // EXIF, little-endian, one tag: orientation 6, "turn right".
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];

        using var plain = MediaDecoder.DecodeImage(jpeg);
        using var turned = MediaDecoder.DecodeImage([.. jpeg[..2], .. exif, .. jpeg[2..]]);

        Assert.Equal((16, 24), (plain.Height, plain.Width));
        AssertNear([250, 0, 0], Pixel(plain, 2, 2), 4);
        AssertNear([0, 200, 250], Pixel(plain, 20, 14), 4);
        Assert.Equal((24, 16), (turned.Height, turned.Width));
        AssertNear([250, 200, 0], Pixel(turned, 2, 2), 4);   // was at the bottom left
        AssertNear([0, 0, 250], Pixel(turned, 14, 20), 4);   // was at the top right
    }

    [Fact]
    public void Jpeg_is_shrunk_while_decoding()
    {
        using var image = MediaDecoder.DecodeImage(Convert.FromBase64String(Jpeg), new() { FitWithin = 12 });

        Assert.Equal((8, 12), (image.Height, image.Width));
        AssertNear([250, 0, 0], Pixel(image, 1, 1), 4);
        AssertNear([0, 200, 250], Pixel(image, 10, 6), 4);
    }

    [Fact]
    public void WebP_is_read_exactly()
    {
        using var image = MediaDecoder.DecodeImage(Convert.FromBase64String(WebP));
        Assert.Equal((16, 24), (image.Height, image.Width));
        Assert.Equal([250, 0, 0], Pixel(image, 7, 7));
        Assert.Equal([0, 200, 250], Pixel(image, 8, 8));
    }

    [Fact]
    public void Gif_bmp_and_tiff_are_read()
    {
        // 2 x 1, red and blue.
        byte[] gif = [.. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0A, 0, 0x3B];
        byte[] bmp = [.. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 0, 0, 255, 255, 0, 0, 0, 0];
        byte[] tiff = [.. "II*\0"u8, 14, 0, 0, 0, 255, 0, 0, 0, 0, 255, 8, 0,
            .. Tag(256, 3, 2), .. Tag(257, 3, 1), .. Tag(258, 3, 8), .. Tag(262, 3, 2), .. Tag(273, 4, 8), .. Tag(277, 3, 3), .. Tag(278, 3, 1), .. Tag(279, 4, 6), 0, 0, 0, 0];

        foreach (var file in (byte[][])[gif, bmp, tiff])
        {
            using var image = MediaDecoder.DecodeImage(file);
            Assert.Equal((1, 2), (image.Height, image.Width));
            Assert.Equal([255, 0, 0, 0, 0, 255], image.Pixels.ToArray());
        }

        static byte[] Tag(ushort tag, byte type, byte value) => [(byte)tag, (byte)(tag >> 8), type, 0, 1, 0, 0, 0, value, 0, 0, 0];
    }

    [Fact]
    public void Svg_is_rendered_at_the_side_asked_for()
    {
        var svg = Encoding.UTF8.GetBytes("""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="20mm" viewBox="0 0 4 2"><rect width="2" height="2" fill="#ff0000" fill-opacity="0.5"/></svg>""");

        using var image = MediaDecoder.DecodeImage(svg, new() { FitWithin = 64 });

        Assert.Equal((32, 64), (image.Height, image.Width));
        AssertNear([255, 127, 127], Pixel(image, 10, 10), 1);
        Assert.Equal([255, 255, 255], Pixel(image, 50, 10));
    }

    [Fact]
    public void Shrinking_averages_areas_and_never_enlarges()
    {
        var png = PngWriter.Encode([0, 0, 0, 100, 0, 0, 0, 40, 0, 0, 60, 0], 2, 2, 3);

        using var one = MediaDecoder.DecodeImage(png, new() { FitWithin = 1 });
        using var same = MediaDecoder.DecodeImage(png, new() { FitWithin = 100 });

        Assert.Equal([25, 25, 0], one.Pixels.ToArray());
        Assert.Equal(2, same.Width);
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        var files = Enumerable.Range(1, 24).Select(n => PngWriter.Encode([.. Enumerable.Range(0, n * n * 3).Select(i => (byte)(i * n))], n, n, 3)).ToArray();

        Parallel.For(0, 2000, i =>
        {
            var n = i % files.Length + 1;
            using var image = MediaDecoder.DecodeImage(files[n - 1]);
            Assert.Equal((n, (byte)((n * n * 3 - 1) * n)), (image.Width, image.Pixels[^1]));
        });
    }
}
