using System.Diagnostics;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Data;

public class HostilePictureTests
{
    private static readonly byte[] s_good = PngWriter.Encode([.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i * i))], 32, 32, 3);

    private static MediaException Refused(byte[] file) => Assert.Throws<MediaException>(() => MediaDecoder.DecodeImage(file).Dispose());

    [Fact]
    public void A_header_of_30000_by_30000_is_refused_without_memory()
    {
        var bomb = PngFile.Of(PngFile.Header(30000, 30000, colour: 6), PngFile.Data([0]), PngFile.End());
        var before = Process.GetCurrentProcess().PeakWorkingSet64;
        var watch = Stopwatch.StartNew();

        var refused = Refused(bomb);

        Assert.Equal((MediaError.TooLarge, "the header claims 30000 x 30000 pixels; at most 67108864 are allowed"), (refused.Error, refused.Message));
        Assert.True(watch.ElapsedMilliseconds < 200);
        Assert.True(Process.GetCurrentProcess().PeakWorkingSet64 - before < 100 << 20);
    }

    [Fact]
    public void A_truncated_png_says_where_it_ends()
    {
        var refused = Refused(s_good[..(s_good.Length / 2)]);
        Assert.Equal(MediaError.Corrupt, refused.Error);
        Assert.StartsWith("PNG is truncated: the IDAT chunk at byte ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_no_picture()
    {
        var refused = Refused("Hello, this is not a picture."u8.ToArray());
        Assert.Equal(MediaError.UnknownFormat, refused.Error);
        Assert.Equal("not a picture: it begins with none of the marks of PNG, JPEG, WebP, GIF, BMP, TIFF, SVG", refused.Message);
    }

    [Fact]
    public void Nothing_is_no_picture() => Assert.Equal("the file is empty", Refused([]).Message);

    [Fact]
    public void A_wrong_checksum_is_damage()
    {
        var file = (byte[])s_good.Clone();
        file[file.Length / 2] ^= 0x10;
        Assert.Equal(MediaError.Corrupt, Refused(file).Error);
    }

    [Theory]
    [InlineData(0u, 5u)]
    [InlineData(5u, 0u)]
    [InlineData(0xFFFFFFFFu, 1u)]
    public void Impossible_sizes_are_refused(uint width, uint height) =>
        Refused(PngFile.Of(PngFile.Header(width, height), PngFile.Data([0, 0, 0]), PngFile.End()));

    [Fact]
    public void Too_little_data_is_damage() =>
        Assert.Equal(MediaError.Corrupt, Refused(PngFile.Of(PngFile.Header(100, 100), PngFile.Data([1, 2, 3]), PngFile.End())).Error);

    [Fact]
    public void A_chunk_longer_than_the_file_is_damage()
    {
        var file = PngFile.Of(PngFile.Header(1, 1), PngFile.Data([1, 2, 3]), PngFile.End());
        file[33] = 0x7F; // length of IDAT
        Assert.Equal(MediaError.Corrupt, Refused(file).Error);
    }

    [Fact]
    public void Compressed_text_is_not_unpacked()
    {
        // 64 MB of text in 64 kB, ten times: a reader that unpacks it takes seconds.
        byte[] text = [.. "note\0\0"u8, .. PngFile.Deflate(new byte[64 << 20])];
        var chunks = Enumerable.Repeat(PngFile.Chunk("zTXt", text), 10);
        var file = PngFile.Of([PngFile.Header(1, 1), .. chunks, PngFile.Data([1, 2, 3]), PngFile.End()]);
        var watch = Stopwatch.StartNew();

        using var image = MediaDecoder.DecodeImage(file);

        Assert.Equal([1, 2, 3], image.Pixels.ToArray());
        Assert.True(watch.ElapsedMilliseconds < 200);
    }

    [Fact]
    public void A_truncated_jpeg_is_damage()
    {
        var jpeg = Convert.FromBase64String(MediaDecoderTests.Jpeg);
        var refused = Refused(jpeg[..^10]);
        Assert.Equal((MediaError.Corrupt, "JPEG is truncated: no end-of-image marker in 215 bytes"), (refused.Error, refused.Message));
    }

    [Fact]
    public void A_failure_does_not_spoil_the_next_picture()
    {
        for (var i = 0; i < 3; i++)
        {
            Refused(s_good[..100]);
            using var image = MediaDecoder.DecodeImage(s_good);
            Assert.Equal(1, image.Pixels[1]);
        }
    }

    [Fact]
    public void Random_damage_is_refused_or_read_but_never_more()
    {
        byte[][] files = [s_good, Convert.FromBase64String(MediaDecoderTests.Jpeg), Convert.FromBase64String(MediaDecoderTests.WebP)];
        var random = new Random(5);
        var (refused, read) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var file = (byte[])files[i % files.Length].Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            if (i % 7 == 0)
                file = file[..random.Next(file.Length)];
            try
            {
                MediaDecoder.DecodeImage(file, new() { MaxPixels = 1 << 20 }).Dispose();
                read++;
            }
            catch (MediaException)
            {
                refused++;
            }
        }
        Assert.True(refused > 500 && read > 100, $"{refused} refused, {read} read");
    }
}
