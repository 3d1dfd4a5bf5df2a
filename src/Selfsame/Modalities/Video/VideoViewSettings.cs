using Selfsame.Modalities.Image;
using Selfsame.Recipes;

namespace Selfsame.Modalities.Video;

/// <summary>Where a clip begins in its video.</summary>
public enum ClipStart
{
    /// <summary>Anywhere, every time equally likely.</summary>
    Random,

    /// <summary>So that the clip lies in the middle.</summary>
    Center,

    /// <summary>At the begin.</summary>
    Start,
}

/// <summary>How one view of a video is made: which pictures, then one and the same crop, colour and mirror for all of them.</summary>
public sealed record VideoViewSettings : ICheckable
{
    /// <summary>Pictures of the clip. Default 16.</summary>
    [Limits(1, 4096, "the pictures of a clip"), Unit("pictures")]
    public int Frames { get; init; } = 16;

    /// <summary>Pictures a second of the clip; null (default): those of the video, every <see cref="Stride"/>-th.</summary>
    [Limits(0, 1000, "the pictures a second", AboveMin = true)]
    public double? FramesPerSecond { get; init; }

    /// <summary>Every how many pictures of the video one is taken, where <see cref="FramesPerSecond"/> is not given. Default 1.</summary>
    [Limits(1, 4096, "the stride of a clip"), Unit("pictures")]
    public int Stride { get; init; } = 1;

    /// <summary>Where the clip begins. Default random.</summary>
    public ClipStart Start { get; init; } = ClipStart.Random;

    /// <summary>
    /// Keep films of up to 512 pictures in memory, shrunk to at most this longest side, so that they are decoded once and not for every clip; larger than the view, for crops.
    /// 0 (default): decode each time, from the stored size.
    /// </summary>
    [Limits(0, 8192, "the longest side of pictures that are kept"), Unit("pixels")]
    public int KeepWithin { get; init; }

    /// <summary>What is done to every picture, drawn once for a clip.</summary>
    public ViewSettings View { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (FramesPerSecond is not null && Stride != 1)
            yield return new("stride", $"is {Stride} and frames_per_second {FramesPerSecond}; give one of them");
        if (KeepWithin > 0 && KeepWithin < View.Size)
            yield return new("keep_within", $"is {KeepWithin}, less than the view's {View.Size}; pictures would be shrunk and enlarged again. Give {View.Size} or more, or 0");
    }
}
