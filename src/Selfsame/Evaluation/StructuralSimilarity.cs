using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How <see cref="StructuralSimilarity"/> weighs a neighbourhood and treats the border.</summary>
public sealed record StructuralSimilaritySettings
{
    /// <summary>Width of the value range, such as 1 or 255. Positive.</summary>
    public double Range { get; init; } = 1;

    /// <summary>Standard deviation of the Gaussian window in pixels; null for an even window.</summary>
    public double? Sigma { get; init; } = 1.5;

    /// <summary>Side of the even window, odd. scikit-image: 7.</summary>
    public int Window { get; init; } = 7;

    /// <summary>True: reflect at the border and average the whole map (torchmetrics). False: average only where the window fits (scikit-image).</summary>
    public bool Reflect { get; init; } = true;

    /// <summary>Unbiased variances, n / (n - 1) times the plain ones; scikit-image's default for even windows.</summary>
    public bool SampleCovariance { get; init; }

    /// <summary>torchmetrics with a Gaussian window: <c>image/ssim-gaussian-1</c>.</summary>
    public static StructuralSimilaritySettings Torchmetrics { get; } = new();

    /// <summary>scikit-image's default: even window, sample covariance, border dropped: <c>image/ssim-skimage-1</c>.</summary>
    public static StructuralSimilaritySettings ScikitImage { get; } = new() { Sigma = null, Reflect = false, SampleCovariance = true };

    /// <summary>scikit-image with a Gaussian window, the setting of Wang et al.: <c>image/ssim-skimage-gaussian-1</c>.</summary>
    public static StructuralSimilaritySettings ScikitImageGaussian { get; } = new() { Reflect = false };
}

/// <summary>Structural similarity of pictures. Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861.</summary>
/// <remarks>
/// Map: ((2 mx my + c1)(2 cov + c2)) / ((mx² + my² + c1)(vx + vy + c2)), c1 = (0.01 L)², c2 = (0.03 L)². A Gaussian window has
/// 2 int(3.5 sigma + 0.5) + 1 taps. Computed in the type of the inputs; can be differentiated, so that it serves as a loss too.
/// </remarks>
public static class StructuralSimilarity
{
    private const double Truncate = 3.5;

    /// <summary>Similarity of each pair of pictures, mean over channels and places.</summary>
    /// <param name="prediction">(B, C, H, W), floating-point.</param>
    /// <param name="target">The same shape and type.</param>
    /// <param name="settings">Null for <see cref="StructuralSimilaritySettings.Torchmetrics"/>.</param>
    /// <returns>(B), at most 1.</returns>
    /// <exception cref="ShapeException">The shapes differ, or a picture is smaller than the window.</exception>
    public static Tensor Of(Tensor prediction, Tensor target, StructuralSimilaritySettings? settings = null)
    {
        settings ??= new();
        RequirePictures(prediction, target, settings.Range);
        using var scope = Scope.Enter();
        var (batch, channels, height, width) = (prediction.Size(0), prediction.Size(1), prediction.Size(2), prediction.Size(3));
        var taps = Taps(settings);
        if (taps.Length > Math.Min(height, width))
            throw new ShapeException($"pictures are {prediction}; the window of {taps.Length} pixels is larger.");
        var x = Planes(prediction);
        var y = Planes(target);
        var window = Tensor.From<double>(taps).To(x.Device, x.DType);
        // One convolution for all five averages.
        var averages = Blur(Ops.Cat([x, y, x * x, y * y, x * y], 0), window).Chunk(5, 0);
        var (mx, my) = (averages[0], averages[1]);
        var unbias = settings.SampleCovariance ? taps.Length * (double)taps.Length / ((taps.Length * (double)taps.Length) - 1) : 1;
        var vx = (averages[2] - (mx * mx)) * unbias;
        var vy = (averages[3] - (my * my)) * unbias;
        var covariance = (averages[4] - (mx * my)) * unbias;
        if (settings.Reflect)
            (vx, vy) = (vx.ClampMin(0.0), vy.ClampMin(0.0));   // as torchmetrics: rounding may push them below

        var (c1, c2) = (Math.Pow(0.01 * settings.Range, 2), Math.Pow(0.03 * settings.Range, 2));
        var map = ((mx * my * 2) + c1) * ((covariance * 2) + c2) / (((mx * mx) + (my * my) + c1) * (vx + vy + c2));
        return scope.MoveOut(map.Reshape([batch, -1]).Mean(1, keepDim: false));

        Tensor Planes(Tensor pictures)
        {
            var planes = pictures.Reshape([batch * channels, 1, height, width]);
            var margin = taps.Length / 2;
            return settings.Reflect && margin > 0 ? planes.ReflectionPad2d([margin, margin, margin, margin]) : planes;
        }
    }

    internal static void RequirePictures(Tensor prediction, Tensor target, double range)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Dimensions != 4 || prediction.ElementCount == 0 || !prediction.Shape.AsSpan().SequenceEqual(target.Shape))
            throw new ShapeException($"pictures are {prediction} and {target}; both must be (B, C, H, W) of one shape.");
        if (!(range > 0))
            throw new ArgumentException($"the value range is {range}; it is the distance from black to white, such as 1 or 255");
    }

    // Windows are separable: rows first, then columns.
    private static Tensor Blur(Tensor planes, Tensor window)
    {
        var taps = window.Size(0);
        return planes.Conv2d(window.View([1, 1, taps, 1])).Conv2d(window.View([1, 1, 1, taps]));
    }

    private static double[] Taps(StructuralSimilaritySettings settings)
    {
        if (settings.Sigma is not { } sigma)
        {
            if (settings.Window < 1 || settings.Window % 2 == 0)
                throw new ArgumentException($"the window has {settings.Window} pixels; it must be odd, such as 7");
            var even = new double[settings.Window];
            Array.Fill(even, 1.0 / settings.Window);
            return even;
        }

        var radius = (int)((Truncate * sigma) + 0.5);
        var taps = new double[(2 * radius) + 1];
        var sum = 0.0;
        for (var k = 0; k < taps.Length; k++)
            sum += taps[k] = Math.Exp(-(k - radius) * (k - radius) / (2 * sigma * sigma));
        for (var k = 0; k < taps.Length; k++)
            taps[k] /= sum;
        return taps;
    }
}
