namespace Selfsame.Modalities.Image;

/// <summary>All that was drawn for one view; together with the picture it determines the view.</summary>
public readonly record struct ViewParameters
{
    /// <summary>Which part of the picture is resized to the view. Of no meaning for a center crop.</summary>
    public CropBox Crop { get; init; }

    /// <summary>Colour jitter; null for none.</summary>
    public ColorFactors? Jitter { get; init; }

    /// <summary>The view becomes grey.</summary>
    public bool Grayscale { get; init; }

    /// <summary>Standard deviation of the blur in pixels; null for none.</summary>
    public double? BlurSigma { get; init; }

    /// <summary>Bright values are inverted.</summary>
    public bool Solarize { get; init; }

    /// <summary>The view is mirrored.</summary>
    public bool Flip { get; init; }
}
