using Selfsame.Randomness;

namespace Selfsame.Modalities.Image;

/// <summary>Draws the rectangle of a random resized crop as torchvision's <c>RandomResizedCrop.get_params</c> does.</summary>
/// <remarks>Szegedy et al. 2014, https://arxiv.org/abs/1409.4842, section 6. A share of the area is drawn uniformly, the ratio of width to height uniformly in its logarithm, both in single precision.</remarks>
public static class RandomResizedCrop
{
    private const int Tries = 10;

    /// <summary>Draws a rectangle that lies inside the picture.</summary>
    /// <param name="height">Rows of the picture, at least 1.</param>
    /// <param name="width">Columns of the picture, at least 1.</param>
    /// <param name="scale">Smallest and largest share of the area.</param>
    /// <param name="ratio">Smallest and largest width / height, above 0.</param>
    /// <param name="draws">Draws <c>crop.area</c> and <c>crop.ratio</c> in each try, <c>crop.top</c> and <c>crop.left</c> once a try fits.</param>
    /// <returns>The rectangle. After ten tries that do not fit: the largest in the middle whose ratio is in the range.</returns>
    public static CropBox Sample(int height, int width, Interval scale, Interval ratio, IDraws draws) => Sample(height, width, scale, ratio, draws, out _);

    /// <inheritdoc cref="Sample(int, int, Interval, Interval, IDraws)"/>
    /// <param name="height">Rows of the picture, at least 1.</param>
    /// <param name="width">Columns of the picture, at least 1.</param>
    /// <param name="scale">Smallest and largest share of the area.</param>
    /// <param name="ratio">Smallest and largest width / height, above 0.</param>
    /// <param name="draws">The source.</param>
    /// <param name="acceptedTry">0..9, or -1 when none fitted.</param>
    public static CropBox Sample(int height, int width, Interval scale, Interval ratio, IDraws draws, out int acceptedTry)
    {
        ArgumentNullException.ThrowIfNull(draws);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        float logLow = MathF.Log((float)ratio.Low), logHigh = MathF.Log((float)ratio.High);
        for (acceptedTry = 0; acceptedTry < Tries; acceptedTry++)
        {
            var area = (double)height * width * draws.Between("crop.area", scale.Low, scale.High);
            double aspect = MathF.Exp(draws.Between("crop.ratio", logLow, logHigh));
            // Math.Round goes to even, as Python's round does.
            var (cropWidth, cropHeight) = (Math.Round(Math.Sqrt(area * aspect)), Math.Round(Math.Sqrt(area / aspect)));
            if (cropWidth < 1 || cropHeight < 1 || cropWidth > width || cropHeight > height)
                continue;
            var (w, h) = ((int)cropWidth, (int)cropHeight);
            var top = draws.Integer("crop.top", height - h + 1);
            var left = draws.Integer("crop.left", width - w + 1);
            return new(top, left, h, w);
        }
        acceptedTry = -1;
        return Fallback(height, width, ratio);
    }

    private static CropBox Fallback(int height, int width, Interval ratio)
    {
        var own = (double)width / height;
        var (h, w) = (height, width);
        if (own < ratio.Low)
            h = Math.Clamp((int)Math.Round(width / ratio.Low), 1, height);
        else if (own > ratio.High)
            w = Math.Clamp((int)Math.Round(height * ratio.High), 1, width);
        return new((height - h) / 2, (width - w) / 2, h, w);
    }
}

/// <summary>A range of numbers, both ends included.</summary>
/// <param name="Low">Smallest.</param>
/// <param name="High">Largest.</param>
public readonly record struct Interval(double Low, double High);
