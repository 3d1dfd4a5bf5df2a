namespace Selfsame.Modalities.Image;

/// <summary>A sampled Gaussian of a given number of taps, as torchvision's <c>gaussian_blur</c>. The blur of BYOL and DINO is another: <see cref="GaussianBlur"/>.</summary>
public static class PlanarBlur
{
    /// <summary>Blurs every channel; the border is mirrored without repeating the edge.</summary>
    /// <param name="image">(C, H, W); whole numbers are rounded half to even.</param>
    /// <param name="tapsX">Taps along rows, odd, less than twice the width.</param>
    /// <param name="tapsY">Taps along columns, odd, less than twice the height.</param>
    /// <param name="sigmaX">Standard deviation along rows in pixels, above 0.</param>
    /// <param name="sigmaY">Standard deviation along columns in pixels, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of taps is even or too large, or a deviation not above 0.</exception>
    public static PlanarImage Apply(PlanarImage image, int tapsX, int tapsY, double sigmaX, double sigmaY)
    {
        ArgumentNullException.ThrowIfNull(image);
        float[] kernelX = Kernel(tapsX, sigmaX, image.Width), kernelY = Kernel(tapsY, sigmaY, image.Height);
        var kernel = new float[tapsX * tapsY];
        for (var i = 0; i < kernel.Length; i++)
            kernel[i] = kernelY[i / tapsX] * kernelX[i % tapsX];
        var result = image.Like(image.Height, image.Width);
        for (var c = 0; c < image.Channels; c++)
            Plane(image.Plane(c), image.Height, image.Width, kernel, tapsX, result.Plane(c));
        if (image.Type == PlanarType.Byte)
            foreach (ref var value in result.Values.AsSpan())
                value = Math.Clamp(MathF.Round(value), 0, 255);
        return result;
    }

    // All taps of the product kernel one after the other, as torch's convolution: what is rounded to whole numbers afterwards depends on the last bit.
    private static void Plane(ReadOnlySpan<float> from, int height, int width, float[] kernel, int tapsX, Span<float> to)
    {
        var tapsY = kernel.Length / tapsX;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var sum = 0f;
                for (var tapY = 0; tapY < tapsY; tapY++)
                {
                    var row = from.Slice(Mirror(y + tapY - tapsY / 2, height) * width, width);
                    for (var tapX = 0; tapX < tapsX; tapX++)
                        sum = MathF.FusedMultiplyAdd(row[Mirror(x + tapX - tapsX / 2, width)], kernel[tapY * tapsX + tapX], sum);
                }
                to[y * width + x] = sum;
            }
    }

    private static int Mirror(int place, int size) => place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;

    private static float[] Kernel(int taps, double sigma, int size)
    {
        if (taps < 1 || taps % 2 == 0 || taps / 2 >= size)
            throw new ArgumentOutOfRangeException(nameof(taps), taps, $"the number of taps is odd and below twice the picture's {size} pixels");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        var kernel = new float[taps];
        var sum = 0f;
        for (var i = 0; i < taps; i++)
        {
            var distance = (i - taps / 2) / (float)sigma;
            sum += kernel[i] = MathF.Exp(-0.5f * distance * distance);
        }
        for (var i = 0; i < taps; i++)
            kernel[i] /= sum;
        return kernel;
    }
}
