using Selfsame.Evaluation.Gallery;
using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>A linear map of each of two feature spaces into one that they share, fitted on pairs: regularised canonical correlation analysis.</summary>
/// <remarks>
/// Hotelling 1936; every canonical direction is weighed by its correlation, as in Gong et al. 2014, https://arxiv.org/abs/1212.4522, section 3.2.
/// Features are reduced to their first principal components before, so that raw pixels can be aligned as well.
/// </remarks>
public sealed class CanonicalAlignment : IDisposable
{
    /// <summary>Principal components that are kept of each space, at most.</summary>
    public const int MostComponents = 256;

    private readonly PrincipalComponents _firstAxes, _secondAxes;
    private readonly List<(Tensor First, Tensor Second)> _maps = [];

    /// <summary>Fits a map for each penalty.</summary>
    /// <param name="first">(N, D1), finite.</param>
    /// <param name="second">(N, D2); row n belongs to row n of <paramref name="first"/>.</param>
    /// <param name="penalties">Added to the diagonal of each covariance, as a share of its mean; each above 0.</param>
    /// <param name="seed">Seed of the search for principal components of large matrices.</param>
    /// <exception cref="ShapeException">The rows differ in number, or there are fewer than two.</exception>
    /// <exception cref="ArgumentException">There is no penalty, or one is not above 0.</exception>
    public CanonicalAlignment(Tensor first, Tensor second, IReadOnlyList<double> penalties, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(penalties);
        if (first.Size(0) != second.Size(0))
            throw new ShapeException($"features are {first} and {second}; every row needs its partner in the same row of the other.");
        if (penalties.Count == 0 || penalties.Any(penalty => !(penalty > 0)))
            throw new ArgumentException($"penalties are [{string.Join(", ", penalties)}]; give at least one, each above 0", nameof(penalties));
        (_firstAxes, _secondAxes) = (PrincipalComponents.Fit(first, MostComponents, seed), PrincipalComponents.Fit(second, MostComponents, seed));
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var (x, y) = (Project(_firstAxes, first), Project(_secondAxes, second));
        foreach (var penalty in penalties)
        {
            var (left, right) = (Whitening(x, penalty), Whitening(y, penalty));
            var (u, s, vh) = left.T().Matmul(x.T().Matmul(y) / x.Size(0)).Matmul(right).Svd(fullMatrices: false);
            _maps.Add((Scope.Release(left.Matmul(u) * s), Scope.Release(right.Matmul(vh.T()) * s)));
        }
    }

    /// <summary>Features of the first space in the shared one.</summary>
    /// <param name="features">(M, D1).</param>
    /// <param name="penalty">Index of the penalty.</param>
    /// <returns>(M, shared directions), float64.</returns>
    public Tensor First(Tensor features, int penalty = 0) => Map(_firstAxes, _maps[penalty].First, features);

    /// <summary>Features of the second space in the shared one.</summary>
    /// <param name="features">(M, D2).</param>
    /// <param name="penalty">Index of the penalty.</param>
    /// <returns>(M, shared directions), float64.</returns>
    public Tensor Second(Tensor features, int penalty = 0) => Map(_secondAxes, _maps[penalty].Second, features);

    /// <inheritdoc/>
    public void Dispose()
    {
        _firstAxes.Dispose();
        _secondAxes.Dispose();
        foreach (var (first, second) in _maps)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private static Tensor Map(PrincipalComponents axes, Tensor map, Tensor features)
    {
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return scope.MoveOut(Project(axes, features).Matmul(map));
    }

    private static Tensor Project(PrincipalComponents axes, Tensor features) => axes.Project(features).To(DType.Float64);

    // Directions of the covariance over their deviations: in these units every direction counts the same, but for the ridge.
    private static Tensor Whitening(Tensor x, double penalty)
    {
        var covariance = x.T().Matmul(x) / x.Size(0);
        var width = covariance.Size(0);
        var ridge = Math.Max(penalty * covariance.Diagonal().Mean().Item(), 1e-12);
        var (values, vectors) = (covariance + (Ops.Eye(width, DType.Float64, x.Device) * ridge)).Eigh();
        return vectors * values.Rsqrt();
    }
}
