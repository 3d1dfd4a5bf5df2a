namespace Selfsame.Recipes;

/// <summary>How one view of a picture is made: crop, resize, flip.</summary>
public sealed record ViewSettings
{
    /// <summary>Side of the square result, at least 1. Default 64.</summary>
    [Limits(1, 1 << 15, "the side of a view"), Unit("pixels")]
    public int Size { get; init; } = 64;

    /// <summary>Which part of the picture is taken. Default random.</summary>
    public ViewCrop Crop { get; init; }

    /// <summary>Smallest and largest share of the picture's area in a random crop, above 0 to 1. Default 0.2 to 1.</summary>
    [Count(2, 2), Limits(0, 1, "a share of the picture's area", AboveMin = true)]
    public EquatableList<double> Scale { get; init; } = [0.2, 1.0];

    /// <summary>Chance of a mirrored view, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of a mirrored view")]
    public double Flip { get; init; } = 0.5;
}

/// <summary>Which part of a picture a view takes.</summary>
public enum ViewCrop
{
    /// <summary>A random part.</summary>
    Random,

    /// <summary>The middle.</summary>
    Center,

    /// <summary>All of it.</summary>
    None,
}
