using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Peak signal-to-noise ratio (<c>image/psnr-1</c>): 10 log10(L² / mean squared error), in decibel.</summary>
public static class PeakSignalToNoise
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "image/psnr-1";

    /// <summary>Over all pictures at once.</summary>
    /// <param name="prediction">(B, C, H, W), floating-point.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="range">L, the width of the value range, such as 1 or 255. Positive.</param>
    /// <returns>Decibel; infinite for equal pictures.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static double Of(Tensor prediction, Tensor target, double range)
    {
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return Decibel(Error(prediction, target, range).Mean().Item(), range);
    }

    /// <summary>For each picture.</summary>
    /// <inheritdoc cref="Of"/>
    /// <returns>B values in decibel.</returns>
    public static double[] PerImage(Tensor prediction, Tensor target, double range)
    {
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return Array.ConvertAll(Error(prediction, target, range).Flatten(1).Mean(1, keepDim: false).ToArray<double>(), error => Decibel(error, range));
    }

    private static Tensor Error(Tensor prediction, Tensor target, double range)
    {
        StructuralSimilarity.RequirePictures(prediction, target, range);
        return (prediction.To(DType.Float64) - target.To(DType.Float64)).Square();
    }

    private static double Decibel(double error, double range) => 10 * Math.Log10(range * range / error);
}
