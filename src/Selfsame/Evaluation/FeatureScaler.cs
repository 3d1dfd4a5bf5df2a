using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Moves every feature to mean 0 and standard deviation 1, with the figures of the training set.</summary>
public sealed class FeatureScaler
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    private FeatureScaler(double[] mean, double[] scale) => (Mean, Scale) = (mean, scale);

    /// <summary>Training mean of each feature.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Population standard deviation of each feature; 1 where the feature is constant, so that it becomes 0 everywhere.</summary>
    public IReadOnlyList<double> Scale { get; }

    /// <summary>Measures features in double precision, two passes, a bounded piece at a time.</summary>
    /// <param name="features">(N, D), any floating-point type.</param>
    /// <exception cref="ArgumentException">A feature is NaN or infinite.</exception>
    public static FeatureScaler Measure(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var rows = features.Size(0);
        var width = (int)features.Size(1);
        var sum = Ops.Zeros([width], DType.Float64, features.Device);
        foreach (var (start, count) in Pieces(features))
        {
            using var inner = Scope.Enter();
            sum.AddInPlace(features.Narrow(0, start, count).Sum([0], dtype: DType.Float64));
        }

        var mean = sum / rows;
        var squares = Ops.Zeros([width], DType.Float64, features.Device);
        foreach (var (start, count) in Pieces(features))
        {
            using var inner = Scope.Enter();
            squares.AddInPlace((features.Narrow(0, start, count).To(DType.Float64) - mean).Square().Sum([0]));
        }

        var means = mean.ToArray<double>();
        var scales = (squares / rows).ToArray<double>();
        for (var k = 0; k < width; k++)
        {
            if (!double.IsFinite(scales[k]))
                throw new ArgumentException($"feature {k} is NaN or infinite in some training row; fix the features before probing them");

            // A constant column may keep a variance of rounding errors; dividing by it would turn them into features.
            var noise = rows * means[k] * MachineEpsilon;
            scales[k] = scales[k] <= (rows * MachineEpsilon * scales[k]) + (noise * noise) ? 1 : Math.Sqrt(scales[k]);
        }

        return new(means, scales);
    }

    /// <summary>A scaled copy.</summary>
    /// <param name="features">(N, D) with the D that was measured.</param>
    /// <param name="type">Element type of the copy.</param>
    /// <returns>(N, D); belongs to the caller's scope.</returns>
    /// <exception cref="ShapeException">D differs.</exception>
    public Tensor Apply(Tensor features, DType type)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        if (features.Size(1) != Mean.Count)
            throw new ShapeException($"features are {features}; the scaler was measured on {Mean.Count} columns.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var mean = Tensor.From<double>((double[])Mean).To(features.Device, DType.Float64);
        var scale = Tensor.From<double>((double[])Scale).To(features.Device, DType.Float64);
        var scaled = scope.MoveOut(Ops.Empty([features.Size(0), features.Size(1)], type, features.Device));
        foreach (var (start, count) in Pieces(features))
        {
            using var inner = Scope.Enter();
            scaled.Narrow(0, start, count).CopyFrom(features.Narrow(0, start, count).To(DType.Float64).Sub(mean).DivInPlace(scale));
        }

        return scaled;
    }

    private static IEnumerable<(long Start, long Count)> Pieces(Tensor features)
    {
        var rows = features.Size(0);
        var step = Math.Max(1, FeatureMatrix.RowsFor(features.Size(1)) / 4);
        for (long start = 0; start < rows; start += step)
            yield return (start, Math.Min(step, rows - start));
    }
}
