using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The normal equations of a ridge regression, built once and solved for any penalty.</summary>
/// <remarks>
/// Primal, (X^T X + alpha I) W^T = X^T Y, when D is at most N; dual, W^T = X^T (X X^T + alpha I)^-1 Y, otherwise.
/// The matrix is summed in float64 over pieces, so that the features are never copied whole.
/// </remarks>
internal sealed class RidgeSystem : IDisposable
{
    private readonly Tensor _features;
    private readonly Tensor _featureMean;   // (1, D), float64; zero without intercept
    private readonly Tensor _targetMean;    // (1, T)
    private readonly Tensor _targets;       // (N, T), centred
    private readonly Tensor _gram;          // (D, D) or (N, N)
    private readonly Tensor _right;         // (D, T) or (N, T)
    private readonly bool _dual;

    internal RidgeSystem(Tensor features, Tensor targets, bool intercept, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        FeatureMatrix.Require(features, nameof(features));
        FeatureMatrix.Require(targets, nameof(targets));
        if (features.Size(0) != targets.Size(0))
            throw new ShapeException($"features are {features} and targets {targets}; both need a row for each sample.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var device = features.Device;
        var (rows, width, outputs) = (features.Size(0), features.Size(1), targets.Size(1));
        (_features, _dual) = (Scope.Release(features.Share()), width > rows);
        var wide = targets.To(device, DType.Float64);
        _featureMean = Scope.Release(Ops.Zeros([1, width], DType.Float64, device));
        _targetMean = Scope.Release(intercept ? wide.Mean(0, keepDim: true) : Ops.Zeros([1, outputs], DType.Float64, device));
        _targets = Scope.Release(wide - _targetMean);
        if (intercept)
            SumFeatures(cancellation);
        var side = _dual ? rows : width;
        _gram = Scope.Release(Ops.Zeros([side, side], DType.Float64, device));
        _right = Scope.Release(_dual ? _targets.Share() : Ops.Zeros([width, outputs], DType.Float64, device));
        foreach (var (start, count) in Pieces(_dual ? 1 : 0))
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = Scope.Enter();
            var piece = Centred(start, count);
            _gram.AddInPlace(_dual ? piece.Matmul(piece.T()) : piece.T().Matmul(piece));
            if (!_dual)
                _right.AddInPlace(piece.T().Matmul(_targets.Narrow(0, start, count)));
        }
    }

    /// <summary>Solves for one penalty.</summary>
    /// <exception cref="ArgumentException">The penalty is negative, or the system is singular with it.</exception>
    internal LinearModel Solve(double penalty, FeatureScaler? scaler = null)
    {
        if (!(penalty >= 0) || double.IsInfinity(penalty))
            throw new ArgumentException($"the ridge penalty is {penalty}; it must be a number from 0");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var side = _gram.Size(0);
        var outputs = _targetMean.Size(1);
        var shifted = _gram.Clone();
        shifted.Diagonal().AddInPlace(penalty);
        Tensor solution;
        try
        {
            solution = _right.CholeskySolve(shifted.Cholesky());
        }
        catch (TorchException problem)
        {
            throw new ArgumentException($"the ridge system of size {side} is singular with a penalty of {penalty}; take a larger one, such as 1", problem);
        }

        var weights = _dual ? Ops.Empty([_features.Size(1), outputs], DType.Float64, _features.Device) : solution;
        if (_dual)
        {
            foreach (var (start, count) in Pieces(1))
            {
                using var inner = Scope.Enter();
                weights.Narrow(0, start, count).CopyFrom(Centred(start, count).T().Matmul(solution));
            }
        }

        var bias = _targetMean - _featureMean.Matmul(weights);
        return new(weights.T().ToArray<double>(), bias.ToArray<double>(), scaler);
    }

    public void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[_features, _featureMean, _targetMean, _targets, _gram, _right])
            tensor.Dispose();
    }

    private void SumFeatures(CancellationToken cancellation)
    {
        foreach (var (start, count) in Pieces(0))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = Scope.Enter();
            _featureMean.AddInPlace(_features.Narrow(0, start, count).To(DType.Float64).Sum(0, keepDim: true));
        }

        _featureMean.DivInPlace((Scalar)(double)_features.Size(0));
    }

    private Tensor Centred(long start, long count) => _dual
        ? _features.Narrow(1, start, count).To(DType.Float64) - _featureMean.Narrow(1, start, count)
        : _features.Narrow(0, start, count).To(DType.Float64) - _featureMean;

    /// <summary>Pieces along rows (0) or columns (1).</summary>
    private IEnumerable<(long Start, long Count)> Pieces(int dimension)
    {
        var total = _features.Size(dimension);
        var step = Math.Max(1, FeatureMatrix.RowsFor(_features.Size(1 - dimension)) / 4);
        for (long start = 0; start < total; start += step)
            yield return (start, Math.Min(step, total - start));
    }
}
