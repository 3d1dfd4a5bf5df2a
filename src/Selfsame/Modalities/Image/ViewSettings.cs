using Selfsame.Recipes;

namespace Selfsame.Modalities.Image;

/// <summary>How one view of a picture is made: crop and resize, colour, blur, mirror, scale to numbers.</summary>
public sealed partial record ViewSettings : ICheckable
{
    /// <summary>Side of the square result, at least 1. Default 224.</summary>
    [Limits(1, 1 << 15, "the side of a view"), Unit("pixels")]
    public int Size { get; init; } = 224;

    /// <summary>Which part of the picture is taken.</summary>
    public CropSettings Crop { get; init; } = new();

    /// <summary>How the part is resized. Default bilinear.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Chance of a mirrored view, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of a mirrored view")]
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Draw the mirror right after the crop (DINO) rather than last (BYOL, MoCo v3). Default false.</summary>
    public bool FlipFirst { get; init; }

    /// <summary>Random brightness, contrast, saturation and hue. Null (default): none.</summary>
    public ColorJitterSettings? ColorJitter { get; init; }

    /// <summary>Chance of a grey view, 0 to 1. Default 0.</summary>
    [Limits(0, 1, "the chance of a grey view")]
    public double GrayscaleProbability { get; init; }

    /// <summary>Random Gaussian blur. Null (default): none.</summary>
    public BlurSettings? Blur { get; init; }

    /// <summary>Random solarization. Null (default): none.</summary>
    public SolarizeSettings? Solarize { get; init; }

    /// <summary>Colour behind transparent pixels: red, green, blue, 0 to 255. Default white.</summary>
    [Count(3, 3), Limits(0, 255, "a red, green or blue of the background")]
    public EquatableList<int> Background { get; init; } = [255, 255, 255];

    /// <summary>Subtracted from values in 0 to 1, one for each channel; three make colour views, one makes grey ones. Default ImageNet's.</summary>
    [Count(1, 3)]
    public EquatableList<double> Mean { get; init; } = [0.485, 0.456, 0.406];

    /// <summary>Divides what is left, above 0, one for each channel. Default ImageNet's.</summary>
    [Count(1, 3), Limits(0, double.PositiveInfinity, "a standard deviation", AboveMin = true)]
    public EquatableList<double> Std { get; init; } = [0.229, 0.224, 0.225];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Mean.Count == 2)
            yield return new("mean", "has 2 entries; it takes 3 for colour or 1 for grey");
        if (Std.Count != Mean.Count)
            yield return new("std", $"has {Std.Count} and mean {Mean.Count} entries; give as many, 3 for colour or 1 for grey");
    }
}

/// <summary>Which part of a picture a view takes.</summary>
public sealed record CropSettings : ICheckable
{
    /// <summary>The way of choosing. Default random_resized.</summary>
    public CropKind Kind { get; init; } = CropKind.RandomResized;

    /// <summary>Smallest and largest share of the picture's area in a random crop, above 0 to 1. Default 0.08 to 1.</summary>
    [Count(2, 2), Limits(0, 1, "a share of the picture's area", AboveMin = true)]
    public EquatableList<double> Scale { get; init; } = [0.08, 1.0];

    /// <summary>Smallest and largest width / height of a random crop, above 0. Default 3/4 to 4/3.</summary>
    [Count(2, 2), Limits(0, double.PositiveInfinity, "a ratio of width to height", AboveMin = true)]
    public EquatableList<double> Ratio { get; init; } = [3.0 / 4, 4.0 / 3];

    /// <summary>Length of the shorter side before the center is cut out, at least 1. Null (default): the size of the view.</summary>
    [Limits(1, 1 << 15, "the shorter side before the center crop"), Unit("pixels")]
    public int? Resize { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Scale[0] > Scale[1])
            yield return new("scale", $"is {Scale}; the smaller share comes first");
        if (Ratio[0] > Ratio[1])
            yield return new("ratio", $"is {Ratio}; the smaller ratio comes first");
    }
}

/// <summary>Ways to choose the part of a picture that a view shows.</summary>
public enum CropKind
{
    /// <summary>A rectangle of random area, shape and place, resized to the view.</summary>
    RandomResized,

    /// <summary>The shorter side is resized, then the middle cut out.</summary>
    ResizeCenter,

    /// <summary>All of it, resized to the view; the shape is not kept.</summary>
    Resize,
}

/// <summary>Random brightness, contrast, saturation and hue, in random order.</summary>
public sealed record ColorJitterSettings
{
    /// <summary>Factors from max(0, 1 - s) to 1 + s; 0 leaves it out. Default 0.4.</summary>
    [Limits(0, double.PositiveInfinity, "the strength of a change of brightness")]
    public double Brightness { get; init; } = 0.4;

    /// <summary>Factors from max(0, 1 - s) to 1 + s; 0 leaves it out. Default 0.4.</summary>
    [Limits(0, double.PositiveInfinity, "the strength of a change of contrast")]
    public double Contrast { get; init; } = 0.4;

    /// <summary>Factors from max(0, 1 - s) to 1 + s; 0 leaves it out. Default 0.2.</summary>
    [Limits(0, double.PositiveInfinity, "the strength of a change of saturation")]
    public double Saturation { get; init; } = 0.2;

    /// <summary>Shares of the colour circle from -s to s, at most 0.5; 0 leaves it out. Default 0.1.</summary>
    [Limits(0, 0.5, "the strength of a change of hue")]
    public double Hue { get; init; } = 0.1;

    /// <summary>Chance that there is a jitter at all, 0 to 1. Default 0.8.</summary>
    [Limits(0, 1, "the chance of a colour jitter")]
    public double Probability { get; init; } = 0.8;
}

/// <summary>Random Gaussian blur.</summary>
public sealed record BlurSettings : ICheckable
{
    /// <summary>Chance of a blurred view, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of a blurred view")]
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest and largest standard deviation, drawn uniformly. Default 0.1 to 2.</summary>
    [Count(2, 2), Limits(0, GaussianBlur.LargestSigma, "the standard deviation of a blur"), Unit("pixels")]
    public EquatableList<double> Sigma { get; init; } = [0.1, 2.0];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Sigma[0] > Sigma[1])
            yield return new("sigma", $"is {Sigma}; the smaller one comes first");
    }
}

/// <summary>Random solarization: bright values are inverted.</summary>
public sealed record SolarizeSettings
{
    /// <summary>Chance of a solarized view, 0 to 1. Default 0.2.</summary>
    [Limits(0, 1, "the chance of a solarized view")]
    public double Probability { get; init; } = 0.2;

    /// <summary>Values at or above it are inverted, 0 to 256. Default 128.</summary>
    [Limits(0, 256, "the value from which on pixels are inverted")]
    public int Threshold { get; init; } = 128;
}
