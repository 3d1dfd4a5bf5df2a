using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Image;

namespace Selfsame.Modalities.Media;

/// <summary>What the header of a picture says.</summary>
/// <param name="Format">PNG, JPEG, WebP, GIF, BMP, TIFF or SVG.</param>
/// <param name="Width">Columns that decoding with the same options gives.</param>
/// <param name="Height">Rows that decoding with the same options gives.</param>
/// <param name="StoredWidth">Columns in the file, before EXIF orientation and shrinking.</param>
/// <param name="StoredHeight">Rows in the file.</param>
public readonly record struct ImageHeader(string Format, int Width, int Height, int StoredWidth, int StoredHeight);

/// <summary>
/// Decodes still pictures from memory: PNG, JPEG (turned upright by EXIF), WebP and GIF (first frame), BMP, TIFF, SVG. Grey becomes
/// RGB, 16 bits become 8. Safe from any thread; each thread keeps its decoders.
/// </summary>
public static unsafe class MediaDecoder
{
    private static readonly string[] s_formats = ["?", "PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "SVG"];

    /// <summary>Reads the header only.</summary>
    /// <exception cref="MediaException">Not a picture, damaged already in its header, or larger than allowed.</exception>
    public static ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, ImageDecodeOptions? options = null)
    {
        var info = Probe(encoded, (options ?? ImageDecodeOptions.Default).ToNative());
        return new(s_formats[info.Format], info.Width, info.Height, info.StoredWidth, info.StoredHeight);
    }

    /// <summary>Decodes a picture into pooled memory that the caller disposes.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="options">Null: RGB on white, as stored.</param>
    /// <returns>(height, width, 3), or 4 channels with <see cref="ImageDecodeOptions.Alpha"/>.</returns>
    /// <exception cref="MediaException">Not a picture, truncated, damaged, or larger than allowed.</exception>
    public static ImageBuffer DecodeImage(ReadOnlySpan<byte> encoded, ImageDecodeOptions? options = null)
    {
        var request = (options ?? ImageDecodeOptions.Default).ToNative();
        var info = Probe(encoded, request);
        var image = new ImageBuffer(info.Height, info.Width, info.Channels);
        try
        {
            var pixels = image.Pixels;
            fixed (byte* bytes = encoded, target = pixels)
                MediaNative.Check(MediaNative.DecodeImage(bytes, encoded.Length, &request, target, pixels.Length, &info));
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Decodes a depth map into pooled memory that the caller disposes: a PNG or TIFF of one channel of 8 or 16 bits, values as stored.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <exception cref="MediaException">Of another format, colour, truncated, or damaged.</exception>
    public static DepthMap DecodeDepth(ReadOnlySpan<byte> encoded)
    {
        var request = ImageDecodeOptions.Default.ToNative();
        var info = Probe(encoded, request);
        var map = new DepthMap(info.StoredHeight, info.StoredWidth);
        try
        {
            fixed (byte* bytes = encoded)
            fixed (ushort* target = map.Values)
                MediaNative.Check(MediaNative.DecodeDepth(bytes, encoded.Length, &request, target, map.Values.Length, &info));
            return map;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    private static MediaNative.ImageInfo Probe(ReadOnlySpan<byte> encoded, MediaNative.ImageRequest request)
    {
        if (encoded.IsEmpty)
            throw new MediaException(MediaError.Corrupt, "the file is empty");
        MediaNative.ImageInfo info;
        fixed (byte* bytes = encoded)
            MediaNative.Check(MediaNative.ProbeImage(bytes, encoded.Length, &request, &info));
        return info;
    }
}
