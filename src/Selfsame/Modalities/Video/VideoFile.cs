using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Modalities.Video;

/// <summary>Decodes moving pictures of any format FFmpeg reads, turned upright. Safe from any thread.</summary>
public static unsafe class VideoFile
{
    // Where neither the container nor the stream has a rate.
    internal const double UsualRate = 25;

    /// <summary>Reads what the file says about its pictures, and decodes the first. Where the container keeps no duration, the file is read through, without decoding.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="maxPixels">Pictures with more pixels are refused.</param>
    /// <exception cref="MediaException">No moving pictures, damaged already at their begin, or not to be opened.</exception>
    public static VideoInfo Probe(MediaSource source, long maxPixels = 8192L * 8192)
    {
        using var stream = new MediaStream(source, MediaNative.Pictures, maxPixels: maxPixels);
        var info = Describe(stream.Measured());
        stream.Advance(0);
        return info;
    }

    /// <summary>Decodes a clip into pooled memory that the caller disposes.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="settings">Which pictures; null for the first 16 as stored.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <returns>
    /// (frames, height, width, 3). A video that ends before repeats its last picture; one that changes its size is resized to the clip's first picture.
    /// </returns>
    /// <exception cref="MediaException">No moving pictures, damaged, or larger than allowed.</exception>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public static VideoBuffer DecodeClip(MediaSource source, VideoClipSettings? settings = null, CancellationToken cancellation = default)
    {
        settings ??= VideoClipSettings.Default;
        settings.Require();
        using var stream = new MediaStream(source, MediaNative.Pictures, maxPixels: settings.MaxPixels);
        return Decode(stream, settings, CropBox.Whole, cancellation);
    }

    /// <summary>Decodes a clip that is chosen by what the file says, opening it once.</summary>
    /// <inheritdoc cref="DecodeClip(MediaSource, VideoClipSettings?, CancellationToken)"/>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="choose">Which pictures, told what <see cref="Probe"/> would say; null for none.</param>
    /// <param name="maxPixels">Pictures with more pixels are refused.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <returns>Null where none were chosen.</returns>
    public static VideoBuffer? DecodeChosen(MediaSource source, Func<VideoInfo, VideoClipSettings?> choose, long maxPixels = 8192L * 8192, CancellationToken cancellation = default) =>
        DecodeCut(source, choose, CropBox.Whole, maxPixels, cancellation);

    /// <summary>Decodes of every picture of a clip only a rectangle; what is outside is never made into colours.</summary>
    /// <inheritdoc cref="DecodeChosen"/>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="choose">Which pictures, told what <see cref="Probe"/> would say; null for none.</param>
    /// <param name="cut">The rectangle, told rows and columns of the clip's pictures, inside of them. Asked once.</param>
    /// <param name="maxPixels">Pictures with more pixels are refused.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <returns>(frames, rows of the rectangle, its columns, 3), the pixels that the whole clip has there; null where none were chosen.</returns>
    public static VideoBuffer? DecodeCut(
        MediaSource source, Func<VideoInfo, VideoClipSettings?> choose, Func<int, int, CropBox> cut, long maxPixels = 8192L * 8192, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(choose);
        ArgumentNullException.ThrowIfNull(cut);
        using var stream = new MediaStream(source, MediaNative.Pictures, maxPixels: maxPixels);
        if (choose(Describe(stream.Measured())) is not { } settings)
            return null;
        settings.Require();
        return Decode(stream, settings, cut, cancellation);
    }

    private static VideoBuffer Decode(MediaStream stream, VideoClipSettings settings, Func<int, int, CropBox> cut, CancellationToken cancellation)
    {
        var stored = stream.Info().Rate;
        var rate = settings.FramesPerSecond ?? (stored > 0 ? stored : UsualRate) / settings.Stride;
        var start = settings.Start.TotalSeconds;
        // Half a picture before the end: the one that begins at the end is no part of the clip.
        var last = settings.End is { } end ? Math.Max(start, end.TotalSeconds - 0.5 / (stored > 0 ? stored : UsualRate)) : double.PositiveInfinity;
        if (start > 0)
            stream.Seek(start);
        VideoBuffer? clip = null;
        var (height, width, box) = (0, 0, default(CropBox));
        try
        {
            for (var t = 0; t < settings.Frames; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                var picture = stream.Advance(Math.Min(start + t / rate, last));
                if (clip is null)
                {
                    (height, width) = Fit(picture.Height, picture.Width, settings.FitWithin);
                    box = cut(height, width);
                    if (!box.IsInside(height, width))
                        throw new ArgumentException($"{box} is not inside of pictures of {height} rows and {width} columns", nameof(cut));
                    clip = new(settings.Frames, box.Height, box.Width);
                }
                var time = TimeSpan.FromSeconds(picture.Time);
                if (t > 0 && clip.Times[t - 1] == time)
                    clip.Frames[t - 1].Pixels.CopyTo(clip.Frames[t].Pixels);
                else
                    Copy(stream, picture, height, width, box, clip.Frames[t]);
                clip.Times[t] = time;
                clip.DamagedPackets = picture.Damaged;
            }
            return clip!;
        }
        catch
        {
            clip?.Dispose();
            throw;
        }
    }

    // A picture of another size than the clip's is made whole, resized and cut.
    private static void Copy(MediaStream stream, in MediaNative.Picture picture, int height, int width, CropBox box, ImageBuffer frame)
    {
        if (picture.Height == height && picture.Width == width)
        {
            stream.Pixels(box, frame.Pixels);
            return;
        }
        using var stored = new ImageBuffer(picture.Height, picture.Width);
        stream.Pixels(CropBox.Whole(picture.Height, picture.Width), stored.Pixels);
        using var resized = Resample.Apply(stored, height, width, Interpolation.Bilinear);
        using var part = Framing.Crop(resized, box);
        part.Pixels.CopyTo(frame.Pixels);
    }

    private static (int Height, int Width) Fit(int height, int width, int side)
    {
        var longest = Math.Max(height, width);
        return side == 0 || longest <= side ? (height, width) : (Scaled(height), Scaled(width));

        int Scaled(int length) => Math.Max(1, (int)(((long)length * side + longest / 2) / longest));
    }

    private static VideoInfo Describe(MediaNative.StreamInfo info) => new(
        TimeSpan.FromSeconds(Math.Max(0, info.Duration)), Math.Max(0, info.Count), info.Exact == MediaNative.Exact, info.Rate, info.Height, info.Width, info.HasOther != 0,
        MediaStream.Name(info.Codec), MediaStream.Name(info.Container));
}
