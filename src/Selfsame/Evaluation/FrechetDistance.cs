using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>A Fréchet distance and its parts.</summary>
/// <param name="Distance">|m1 - m2|² + tr(S1) + tr(S2) - 2 tr(sqrt(S1 S2)).</param>
/// <param name="MeanPart">|m1 - m2|².</param>
/// <param name="TraceOfRoot">tr(sqrt(S1 S2)).</param>
public readonly record struct FrechetScore(double Distance, double MeanPart, double TraceOfRoot);

/// <summary>Fréchet distance between Gaussians fitted to two sets of features, float64. Heusel et al. 2017, https://arxiv.org/abs/1706.08500, equation 6.</summary>
/// <remarks>
/// The trace of the principal square root of S1 S2 is the sum of the roots of the eigenvalues of S1^(1/2) S2 S1^(1/2), which is symmetric:
/// no complex root appears, and singular covariances need no jitter. The estimate is biased upwards for few samples: compare equal counts only.
/// The figure depends on the network behind the features, so it never goes without its name.
/// </remarks>
public static class FrechetDistance
{
    /// <summary>Distance between two sets of features.</summary>
    /// <param name="real">(N, D), N at least 2.</param>
    /// <param name="fake">(M, D), M at least 2.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    /// <exception cref="ShapeException">The widths differ, or there are too few rows.</exception>
    /// <exception cref="ArgumentException">A feature is NaN or infinite.</exception>
    public static FrechetScore Between(Tensor real, Tensor fake, CancellationToken cancellation = default)
    {
        using var one = FeatureStatistics.Of(real, cancellation);
        using var other = FeatureStatistics.Of(fake, cancellation);
        return Between(one, other);
    }

    /// <summary>Distance between two fitted Gaussians.</summary>
    /// <exception cref="ShapeException">The widths differ.</exception>
    public static FrechetScore Between(FeatureStatistics real, FeatureStatistics fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        if (real.Mean.Size(0) != fake.Mean.Size(0))
            throw new ShapeException($"features have {real.Mean.Size(0)} and {fake.Mean.Size(0)} columns; both sets must come from the same network.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var (values, vectors) = real.Covariance.Eigh();
        var root = (vectors * values.ClampMin(0.0).Sqrt()).Matmul(vectors.T());
        var product = root.Matmul(fake.Covariance).Matmul(root);
        var trace = ((product + product.T()) * 0.5).Eigvalsh().ClampMin(0.0).Sqrt().Sum().Item();
        var mean = (real.Mean - fake.Mean).Square().Sum().Item();
        var distance = mean + real.Covariance.Trace().Item() + fake.Covariance.Trace().Item() - (2 * trace);
        return new(distance, mean, trace);
    }
}
