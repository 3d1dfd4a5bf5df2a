using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The kernel (gamma x·y + coef0)^degree, and how many subsets are compared.</summary>
public sealed record KernelDistanceSettings
{
    /// <summary>Degree, at least 1. Bińkowski et al.: 3.</summary>
    public int Degree { get; init; } = 3;

    /// <summary>Factor of the dot product; null for 1 / D.</summary>
    public double? Gamma { get; init; }

    /// <summary>Constant added to it.</summary>
    public double Coef0 { get; init; } = 1;

    /// <summary>Subsets, at least 1. torch-fidelity: 100.</summary>
    public int Subsets { get; init; } = 100;

    /// <summary>Samples in a subset, at least 2; fewer where a set has fewer. torch-fidelity: 1,000.</summary>
    public int SubsetSize { get; init; } = 1000;

    /// <summary>Seed of the subsets.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Kernel distance over subsets.</summary>
/// <param name="Mean">Mean over subsets; may be below 0, since the estimate is unbiased.</param>
/// <param name="Deviation">Population standard deviation over subsets.</param>
/// <param name="PerSubset">Each of them.</param>
public sealed record KernelScore(double Mean, double Deviation, IReadOnlyList<double> PerSubset);

/// <summary>Kernel (Inception) distance: the unbiased squared maximum mean discrepancy with a polynomial kernel, float64. Bińkowski et al. 2018, https://arxiv.org/abs/1801.01401.</summary>
/// <remarks>As torch-fidelity: within each set a sample is not compared with itself; between the sets all pairs count.</remarks>
public static class KernelDistance
{
    /// <summary>Compares two sets on random subsets.</summary>
    /// <param name="real">(N, D), N at least 2.</param>
    /// <param name="fake">(M, D), M at least 2.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <param name="cancellation">Stops between subsets.</param>
    /// <exception cref="ShapeException">The widths differ, or there are too few rows.</exception>
    public static KernelScore Evaluate(Tensor real, Tensor fake, KernelDistanceSettings? settings = null, CancellationToken cancellation = default)
    {
        settings ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Subsets, 1, nameof(settings));
        Require(real, fake);
        var size = (int)Math.Min(settings.SubsetSize, Math.Min(real.Size(0), fake.Size(0)));
        if (size < 2)
            throw new ShapeException($"features are {real} and {fake}, and subsets have {settings.SubsetSize}; at least 2 of each are needed.");
        using var generator = new Generator(settings.Seed);
        var (ofReal, ofFake) = (new long[settings.Subsets][], new long[settings.Subsets][]);
        for (var k = 0; k < ofReal.Length; k++)
            (ofReal[k], ofFake[k]) = (Draw(real.Size(0), size, generator), Draw(fake.Size(0), size, generator));
        return At(real, fake, ofReal, ofFake, settings, cancellation);
    }

    /// <summary>Compares two sets on given subsets.</summary>
    /// <param name="real">(N, D).</param>
    /// <param name="fake">(M, D).</param>
    /// <param name="ofReal">Rows of <paramref name="real"/> of each subset.</param>
    /// <param name="ofFake">Rows of <paramref name="fake"/> of each subset, as many.</param>
    /// <param name="settings">The kernel; null for the default.</param>
    /// <param name="cancellation">Stops between subsets.</param>
    /// <exception cref="ArgumentException">The subsets differ in number or size.</exception>
    public static KernelScore At(
        Tensor real, Tensor fake, IReadOnlyList<long[]> ofReal, IReadOnlyList<long[]> ofFake, KernelDistanceSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ofReal);
        ArgumentNullException.ThrowIfNull(ofFake);
        Require(real, fake);
        settings ??= new();
        if (ofReal.Count != ofFake.Count || ofReal.Count == 0)
            throw new ArgumentException($"{ofReal.Count} subsets of real and {ofFake.Count} of fake samples; they must be as many, and at least one");
        using var guard = GradMode.Off();
        var distances = new double[ofReal.Count];
        for (var k = 0; k < distances.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ofReal[k].Length != ofFake[k].Length || ofReal[k].Length < 2)
                throw new ArgumentException($"subset {k} has {ofReal[k].Length} real and {ofFake[k].Length} fake samples; it needs as many of both, and at least 2");
            using var scope = Scope.Enter();
            distances[k] = Discrepancy(
                real.IndexSelect(0, Tensor.From<long>(ofReal[k])).To(DType.Float64), fake.IndexSelect(0, Tensor.From<long>(ofFake[k])).To(DType.Float64), settings);
        }

        var mean = distances.Average();
        return new(mean, Math.Sqrt(distances.Average(d => (d - mean) * (d - mean))), distances);
    }

    private static double Discrepancy(Tensor one, Tensor other, KernelDistanceSettings settings)
    {
        double count = one.Size(0);
        var gamma = settings.Gamma ?? (1.0 / one.Size(1));
        var (own, others, between) = (Kernel(one, one), Kernel(other, other), Kernel(one, other));
        var apart = own.Sum().Item() - own.Trace().Item() + others.Sum().Item() - others.Trace().Item();
        return (apart / (count * (count - 1))) - (2 * between.Mean().Item());

        Tensor Kernel(Tensor x, Tensor y) => ((x.Matmul(y.T()) * gamma) + settings.Coef0).Pow((Scalar)settings.Degree);
    }

    // Without replacement, as torch-fidelity draws.
    private static long[] Draw(long rows, int size, Generator generator)
    {
        using var scope = Scope.Enter();
        return Ops.Empty([rows], DType.Float64).UniformInPlace(generator: generator).Argsort().Narrow(0, 0, size).ToArray<long>();
    }

    private static void Require(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        FeatureMatrix.Require(real, nameof(real));
        FeatureMatrix.Require(fake, nameof(fake));
        if (real.Size(1) != fake.Size(1))
            throw new ShapeException($"features are {real} and {fake}; both sets must come from the same network.");
    }
}
