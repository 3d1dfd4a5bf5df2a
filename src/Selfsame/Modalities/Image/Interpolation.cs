namespace Selfsame.Modalities.Image;

/// <summary>How pixels between the grid points are found when a picture is resized.</summary>
public enum Interpolation
{
    /// <summary>The pixel under the centre of the new one.</summary>
    Nearest,

    /// <summary>Equal weights over the area of the new pixel.</summary>
    Box,

    /// <summary>Triangle of radius 1.</summary>
    Bilinear,

    /// <summary>Sinc under a Hamming window of radius 1.</summary>
    Hamming,

    /// <summary>Keys' cubic of radius 2.</summary>
    Bicubic,

    /// <summary>Sinc under a sinc window of radius 3.</summary>
    Lanczos,
}

/// <summary>The continuous kernels behind <see cref="Interpolation"/>.</summary>
internal static class InterpolationKernels
{
    /// <summary>Radius of the kernel in source pixels, before it is widened for shrinking.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The method has no kernel.</exception>
    public static double Radius(this Interpolation interpolation) => interpolation switch
    {
        Interpolation.Box => 0.5,
        Interpolation.Bilinear or Interpolation.Hamming => 1,
        Interpolation.Bicubic => 2,
        Interpolation.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "only box, bilinear, hamming, bicubic and lanczos have a kernel"),
    };

    /// <summary>Height of the kernel at a distance from its centre.</summary>
    public static double Weight(this Interpolation interpolation, double x) => interpolation switch
    {
        Interpolation.Box => x is > -0.5 and <= 0.5 ? 1 : 0,
        Interpolation.Bilinear => Math.Max(0, 1 - Math.Abs(x)),
        Interpolation.Hamming => Hamming(Math.Abs(x)),
        Interpolation.Bicubic => Cubic(Math.Abs(x), -0.5),
        Interpolation.Lanczos => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "only box, bilinear, hamming, bicubic and lanczos have a kernel"),
    };

    /// <summary>Keys' cubic convolution with free parameter <paramref name="a"/>; <paramref name="x"/> not negative.</summary>
    public static double Cubic(double x, double a) => x switch
    {
        < 1 => ((a + 2) * x - (a + 3)) * x * x + 1,
        < 2 => (((x - 5) * x + 8) * x - 4) * a,
        _ => 0,
    };

    private static double Hamming(double x)
    {
        if (x == 0)
            return 1;
        if (x >= 1)
            return 0;
        x *= Math.PI;
        return Math.Sin(x) / x * (0.54f + 0.46f * Math.Cos(x));   // the window in single precision, as Pillow has it
    }

    private static double Sinc(double x)
    {
        if (x == 0)
            return 1;
        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
