using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>The directions along which rows vary most. Every axis points to where its largest entry is positive, so that pictures made of them do not flip.</summary>
/// <remarks>
/// Exact where rows or columns are few; else by randomised subspace iteration (Halko, Martinsson and Tropp 2011,
/// https://arxiv.org/abs/0909.4061) with spare directions.
/// </remarks>
public sealed class PrincipalComponents : IDisposable
{
    private const int ExactSide = 512, Spare = 10;

    private readonly Tensor _mean, _axes;

    private PrincipalComponents(Tensor mean, Tensor axes, double[] variances, double total) =>
        (_mean, _axes, Variances, TotalVariance) = (mean, axes, variances, total);

    /// <summary>Variance along each axis, descending (divided by rows − 1).</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>Sum of the variances of all columns, along the axes kept or not.</summary>
    public double TotalVariance { get; }

    /// <summary>Axes kept.</summary>
    public int Count => Variances.Count;

    /// <summary>Finds the axes.</summary>
    /// <param name="rows">(N, D), at least two rows, finite.</param>
    /// <param name="count">Axes wanted, at least 1; fewer are kept where N − 1 or D is smaller.</param>
    /// <param name="seed">Seed of the random start, used for big matrices only.</param>
    /// <exception cref="ShapeException">There are no two rows.</exception>
    public static PrincipalComponents Fit(Tensor rows, int count, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        FeatureMatrix.Require(rows, nameof(rows));
        var (n, width) = (rows.Size(0), rows.Size(1));
        if (n < 2)
            throw new ShapeException($"rows are {rows}; principal components need at least two rows.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var x = rows.To(DType.Float32);
        var mean = x.Mean(0, keepDim: true);
        x -= mean;
        count = (int)Math.Min(count, Math.Min(n - 1, width));
        var axes = width <= ExactSide ? FromCovariance(x, count) : n <= ExactSide ? FromGram(x, count) : Randomised(x, count, seed);
        axes *= Signs(axes);
        var variances = Array.ConvertAll(x.Matmul(axes.T()).Square().Sum(0, keepDim: false).ToArray<float>(), square => square / (double)(n - 1));
        var total = x.Square().Sum().Item() / (n - 1);
        return new PrincipalComponents(scope.MoveOut(mean), scope.MoveOut(axes), variances, total);
    }

    /// <summary>Coordinates along the axes.</summary>
    /// <param name="rows">(N, D).</param>
    /// <returns>(N, count), float32.</returns>
    public Tensor Project(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return (rows.To(DType.Float32) - _mean).Matmul(_axes.T());
    }

    /// <summary>Frees the axes.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _axes.Dispose();
    }

    private static Tensor FromCovariance(Tensor x, int count)
    {
        var vectors = x.T().Matmul(x).To(DType.Float64).Eigh().Eigenvectors;  // ascending
        return vectors.Narrow(1, vectors.Size(1) - count, count).Flip([1]).T().To(DType.Float32).Contiguous();
    }

    private static Tensor FromGram(Tensor x, int count)
    {
        var vectors = x.Matmul(x.T()).To(DType.Float64).Eigh().Eigenvectors;
        var left = vectors.Narrow(1, vectors.Size(1) - count, count).Flip([1]).To(DType.Float32);
        return Unit(left.T().Matmul(x));
    }

    private static Tensor Randomised(Tensor x, int count, ulong seed)
    {
        using var sketch = GramSketch.Of(x, count + Spare, seed);
        return sketch.Vectors.Narrow(1, sketch.Vectors.Size(1) - count, count).Flip([1]).T().Contiguous();
    }

    private static Tensor Unit(Tensor rows) => rows / rows.VectorNorm(2, [1], keepdim: true).ClampMin(1e-12);

    private static Tensor Signs(Tensor axes)
    {
        var largest = axes.Gather(1, axes.Abs().Argmax(1, keepdim: true));
        return Ops.Where(largest.Lt(0), largest.FullLike(-1.0), largest.FullLike(1.0));
    }
}
