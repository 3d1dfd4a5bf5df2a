namespace Selfsame.Modalities.Video;

/// <summary>Which pictures of a video are decoded, and to what size.</summary>
public sealed record VideoClipSettings
{
    /// <summary>The defaults: 16 consecutive pictures from the begin, as large as stored.</summary>
    public static VideoClipSettings Default { get; } = new();

    /// <summary>Time of the first picture, from the video's first one. Default zero.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>Where the part of the video that is used ends, after <see cref="Start"/>: later pictures repeat the last one before it. Null (default): with the video.</summary>
    public TimeSpan? End { get; init; }

    /// <summary>Pictures of the clip, at least 1. Default 16.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>Pictures a second of the clip, above 0: the one shown at each time is taken. Null (default): those of the video, of which <see cref="Stride"/> says which.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Where <see cref="FramesPerSecond"/> is null: every how many pictures of the video one is taken, at least 1. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Shrink (never enlarge) to at most this longest side, in pixels, keeping the ratio of sides; 0 (default) keeps the stored size.</summary>
    public int FitWithin { get; init; }

    /// <summary>Pictures with more pixels are refused. Default: 8192 x 8192.</summary>
    public long MaxPixels { get; init; } = 8192L * 8192;

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Require()
    {
        if (Start < TimeSpan.Zero)
            throw new ArgumentException($"a start of {Start} was asked for; it is the time from the first picture, so not negative", nameof(Start));
        if (End <= Start)
            throw new ArgumentException($"an end of {End} was asked for; it comes after the start, {Start}", nameof(End));
        if (Frames < 1)
            throw new ArgumentException($"a clip of {Frames} pictures was asked for; it has at least 1", nameof(Frames));
        if (FramesPerSecond is { } rate && rate is not (> 0 and <= 1000))
            throw new ArgumentException($"{rate} pictures a second were asked for; the rate is above 0 and at most 1000", nameof(FramesPerSecond));
        if (Stride < 1)
            throw new ArgumentException($"a stride of {Stride} was asked for; it is at least 1", nameof(Stride));
        if (FitWithin < 0)
            throw new ArgumentException($"a longest side of {FitWithin} was asked for; it is at least 1, or 0 for the stored size", nameof(FitWithin));
    }
}
