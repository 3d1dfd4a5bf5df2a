namespace Selfsame.Modalities.Image;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Top">First row; may be negative where padding is allowed.</param>
/// <param name="Left">First column; may be negative where padding is allowed.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
public readonly record struct CropBox(int Top, int Left, int Height, int Width)
{
    /// <summary>The whole of a picture.</summary>
    public static CropBox Whole(int height, int width) => new(0, 0, height, width);

    /// <summary>The middle of a picture, offsets rounded half to even as torchvision's center crop does; reaches outside where the picture is smaller.</summary>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="cropHeight">Rows of the box.</param>
    /// <param name="cropWidth">Columns of the box.</param>
    public static CropBox Center(int height, int width, int cropHeight, int cropWidth) =>
        new(Offset(height, cropHeight), Offset(width, cropWidth), cropHeight, cropWidth);

    /// <summary>Whether the box lies inside a picture.</summary>
    public bool IsInside(int height, int width) =>
        Top >= 0 && Left >= 0 && Height >= 1 && Width >= 1 && Height <= height - Top && Width <= width - Left;

    // A picture that is too small is padded by (crop - size) / 2 before it, rounded down.
    private static int Offset(int size, int crop) =>
        size < crop ? -((crop - size) / 2) : (int)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven);
}
