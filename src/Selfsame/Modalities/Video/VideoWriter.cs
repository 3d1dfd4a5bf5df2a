using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Modalities.Video;

/// <summary>How moving pictures are written.</summary>
public enum VideoFormat
{
    /// <summary>Animated WebP, played for ever; small, full colour, shown by every browser.</summary>
    WebP,

    /// <summary>Animated GIF, played for ever; 256 fixed colours, dithered.</summary>
    Gif,

    /// <summary>H.264 in MP4.</summary>
    Mp4,
}

/// <summary>Writes moving pictures, for reports.</summary>
public static class VideoWriter
{
    private const int WebPQuality = 80, CrfQuality = 20;

    /// <summary>Encodes pictures.</summary>
    /// <param name="frames">At least one, RGB, all of one size.</param>
    /// <param name="framesPerSecond">Pictures a second, 0.01 to 1000.</param>
    /// <param name="format">The format.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">No pictures, other channels, different sizes, or a rate outside its range.</exception>
    /// <exception cref="MediaException">This build of FFmpeg cannot write the format; the message names the encoder it lacks.</exception>
    public static byte[] Encode(IReadOnlyList<ImageBuffer> frames, double framesPerSecond, VideoFormat format = VideoFormat.WebP)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("there are no pictures to write", nameof(frames));
        if (framesPerSecond is not (>= 0.01 and <= 1000))
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "pictures a second lie between 0.01 and 1000");
        var (height, width) = (frames[0].Height, frames[0].Width);
        using var writer = new MediaWriter(null, Format(format) with { Width = width, Height = height, Rate = framesPerSecond });
        foreach (var frame in frames)
        {
            if (frame.Channels != 3 || frame.Height != height || frame.Width != width)
                throw new ArgumentException($"a picture has {frame.Width} x {frame.Height} pixels of {frame.Channels} channels; all have {width} x {height} of 3, as the first has", nameof(frames));
            writer.Picture(frame.Pixels);
        }
        return writer.Finish();
    }

    /// <summary>Writes pictures to a file, whole or not at all. The name's ending decides the format: .webp, .gif or .mp4.</summary>
    /// <inheritdoc cref="Encode"/>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string path, IReadOnlyList<ImageBuffer> frames, double framesPerSecond)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".webp" => VideoFormat.WebP,
            ".gif" => VideoFormat.Gif,
            ".mp4" => VideoFormat.Mp4,
            var other => throw new ArgumentException($"'{other}' is no ending of a video that is written here; endings are .webp, .gif and .mp4", nameof(path)),
        };
        AtomicFile.Write(path, Encode(frames, framesPerSecond, format));
    }

    private static MediaFormat Format(VideoFormat format) => format switch
    {
        VideoFormat.WebP => new("webp", "libwebp_anim") { Loop = true, Quality = WebPQuality },
        VideoFormat.Gif => new("gif", "gif") { Loop = true },
        VideoFormat.Mp4 => new("mp4", "libx264") { Quality = CrfQuality },
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "formats are WebP, Gif and Mp4"),
    };
}
