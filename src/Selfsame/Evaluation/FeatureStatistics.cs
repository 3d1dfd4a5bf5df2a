using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Mean and unbiased covariance of features, float64.</summary>
/// <param name="Mean">(D).</param>
/// <param name="Covariance">(D, D), divided by N - 1.</param>
/// <param name="Count">N.</param>
public sealed record FeatureStatistics(Tensor Mean, Tensor Covariance, long Count) : IDisposable
{
    /// <summary>Measures features in two passes over bounded pieces.</summary>
    /// <param name="features">(N, D), N at least 2, any floating-point type.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    /// <exception cref="ShapeException">There are fewer than two rows.</exception>
    /// <exception cref="ArgumentException">A feature is NaN or infinite.</exception>
    public static FeatureStatistics Of(Tensor features, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        var (rows, width) = (features.Size(0), features.Size(1));
        if (rows < 2)
            throw new ShapeException($"features are {features}; a covariance needs at least 2 rows.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        _ = FeatureMatrix.Norms(features, nameof(features));
        var mean = features.Mean([0], keepdim: false, DType.Float64);
        var covariance = Ops.Zeros([width, width], DType.Float64, features.Device);
        var step = FeatureMatrix.RowsFor(width);
        for (long start = 0; start < rows; start += step)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = Scope.Enter();
            var centred = features.Narrow(0, start, Math.Min(step, rows - start)).To(DType.Float64) - mean;
            covariance.AddInPlace(centred.T().Matmul(centred));
        }

        covariance.DivInPlace((Scalar)(rows - 1.0));
        return new(Scope.Release(mean), Scope.Release(covariance), rows);
    }

    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Covariance.Dispose();
    }
}
