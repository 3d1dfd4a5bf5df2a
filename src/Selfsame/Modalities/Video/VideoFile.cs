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
        return Describe(stream.Measured());
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
        return Decode(stream, settings, cancellation);
    }

    /// <summary>Decodes a clip that is chosen by what the file says, opening it once.</summary>
    /// <inheritdoc cref="DecodeClip(MediaSource, VideoClipSettings?, CancellationToken)"/>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="choose">Which pictures, told what <see cref="Probe"/> would say; null for none.</param>
    /// <param name="maxPixels">Pictures with more pixels are refused.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <returns>Null where none were chosen.</returns>
    public static VideoBuffer? DecodeChosen(MediaSource source, Func<VideoInfo, VideoClipSettings?> choose, long maxPixels = 8192L * 8192, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(choose);
        using var stream = new MediaStream(source, MediaNative.Pictures, maxPixels: maxPixels);
        if (choose(Describe(stream.Measured())) is not { } settings)
            return null;
        settings.Require();
        return Decode(stream, settings, cancellation);
    }

    private static VideoBuffer Decode(MediaStream stream, VideoClipSettings settings, CancellationToken cancellation)
    {
        var stored = stream.Info().Rate;
        var rate = settings.FramesPerSecond ?? (stored > 0 ? stored : UsualRate) / settings.Stride;
        var start = settings.Start.TotalSeconds;
        // Half a picture before the end: the one that begins at the end is no part of the clip.
        var last = settings.End is { } end ? Math.Max(start, end.TotalSeconds - 0.5 / (stored > 0 ? stored : UsualRate)) : double.PositiveInfinity;
        if (start > 0)
            stream.Seek(start);
        VideoBuffer? clip = null;
        try
        {
            for (var t = 0; t < settings.Frames; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                var picture = stream.Advance(Math.Min(start + t / rate, last));
                if (clip is null)
                {
                    var (height, width) = Fit(picture.Height, picture.Width, settings.FitWithin);
                    clip = new(settings.Frames, height, width);
                }
                var time = TimeSpan.FromSeconds(picture.Time);
                if (t > 0 && clip.Times[t - 1] == time)
                    clip.Frames[t - 1].Pixels.CopyTo(clip.Frames[t].Pixels);
                else
                    Copy(stream, picture, clip.Frames[t]);
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

    private static void Copy(MediaStream stream, in MediaNative.Picture picture, ImageBuffer frame)
    {
        if (picture.Height == frame.Height && picture.Width == frame.Width)
        {
            stream.Pixels(frame.Pixels);
            return;
        }
        using var large = new ImageBuffer(picture.Height, picture.Width);
        stream.Pixels(large.Pixels);
        using var resized = Resample.Apply(large, frame.Height, frame.Width, Interpolation.Bilinear);
        resized.Pixels.CopyTo(frame.Pixels);
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
