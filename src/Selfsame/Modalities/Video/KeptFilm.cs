using Selfsame.Modalities.Media;

namespace Selfsame.Modalities.Video;

/// <summary>All pictures of a short film, or of a part of a film, shrunk, so that clips can be taken from memory.</summary>
internal sealed class KeptFilm : IDisposable
{
    /// <summary>Pictures of the longest film that is kept.</summary>
    internal const int MostPictures = 512;

    // Times of pictures and of clips are sums of fractions that binary numbers round.
    private const double Rounding = 1e-6;

    private readonly VideoBuffer _pictures;

    private KeptFilm(VideoInfo info, VideoBuffer pictures, int side) => (Info, _pictures, Side) = (info, pictures, side);

    /// <summary>What the file says, with the stored size of its pictures.</summary>
    internal VideoInfo Info { get; }

    /// <summary>Longest side that was asked for.</summary>
    internal int Side { get; }

    /// <summary>Memory that it takes.</summary>
    internal long Bytes => _pictures.Pixels.Length;

    /// <summary>Decodes a film.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="part">The part that is used; null for all of it.</param>
    /// <param name="side">Longest side of the pictures.</param>
    /// <returns>Null where there are more than <see cref="MostPictures"/>.</returns>
    /// <exception cref="MediaException">It cannot be decoded.</exception>
    internal static KeptFilm? Decode(MediaSource source, MediaPart? part, int side)
    {
        VideoInfo info = default;
        var pictures = VideoFile.DecodeChosen(source, video =>
        {
            info = video;
            var length = part?.Duration.TotalSeconds ?? video.Duration.TotalSeconds;
            var count = Math.Ceiling(length * Rate(video)) + 1;
            return count > MostPictures ? null : new()
            {
                Start = part?.Start ?? TimeSpan.Zero, End = part is { } within ? within.Start + within.Duration : null, Frames = (int)Math.Max(1, count), FitWithin = side,
            };
        });
        return pictures is null ? null : new(info, pictures, side);
    }

    /// <summary>The pictures that are shown at the times of a clip, as <see cref="VideoFile.DecodeClip"/> would take them from the file.</summary>
    internal VideoBuffer Clip(VideoClipSettings settings)
    {
        var rate = settings.FramesPerSecond ?? Rate(Info) / settings.Stride;
        var last = settings.End is { } end ? Math.Max(settings.Start.TotalSeconds, end.TotalSeconds - 0.5 / Rate(Info)) : double.PositiveInfinity;
        var clip = new VideoBuffer(settings.Frames, _pictures.Height, _pictures.Width) { DamagedPackets = _pictures.DamagedPackets };
        for (var (t, k) = (0, 0); t < settings.Frames; t++)
        {
            var time = Math.Min(settings.Start.TotalSeconds + t / rate, last) + Rounding;
            while (k + 1 < _pictures.Times.Length && _pictures.Times[k + 1].TotalSeconds <= time)
                k++;
            _pictures.Frames[k].Pixels.CopyTo(clip.Frames[t].Pixels);
            clip.Times[t] = _pictures.Times[k];
        }

        return clip;
    }

    public void Dispose() => _pictures.Dispose();

    private static double Rate(VideoInfo video) => video.FramesPerSecond > 0 ? video.FramesPerSecond : VideoFile.UsualRate;
}
