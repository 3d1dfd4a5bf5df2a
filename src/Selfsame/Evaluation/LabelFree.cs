using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>LiDAR's figures.</summary>
/// <param name="Rank">exp(Entropy): how many directions tell samples apart, 1 to min(D, samples - 1).</param>
/// <param name="Entropy">Entropy in nats of the normalised eigenvalues.</param>
/// <param name="LargestEigenvalue">Largest ratio of between-sample to within-sample variance.</param>
public readonly record struct LidarScore(double Rank, double Entropy, double LargestEigenvalue);

/// <summary>Health of a representation without labels: has it collapsed, how many dimensions does it use, how is it spread?</summary>
/// <remarks>Ranks compute in float64 from the smaller Gram matrix. Alignment and uniformity keep the type of their inputs and can be differentiated.</remarks>
public static class LabelFree
{
    private const double RankEpsilon = 1e-5;

    /// <summary>Deviation of L2-normalised features that fill the sphere evenly: 1 / sqrt(D). Chen and He 2020, https://arxiv.org/abs/2011.10566, section 4.1.</summary>
    /// <param name="width">D, at least 1.</param>
    public static double HealthyDeviation(long width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return 1 / Math.Sqrt(width);
    }

    /// <summary>Unbiased standard deviation of each dimension of L2-normalised rows, averaged over dimensions: 0 when collapsed, <see cref="HealthyDeviation"/> at best.</summary>
    /// <param name="features">(N, D), N at least 2.</param>
    public static double NormalisedDeviation(Tensor features)
    {
        RequireRows(features, 2);
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return Normalise(features.To(DType.Float64)).Std([0], correction: 1).Mean().Item();
    }

    /// <summary>RankMe: exp of the entropy of p = s / sum(s) + 1e-5 over the singular values s of the uncentred features. Garrido et al. 2022, https://arxiv.org/abs/2210.02885, equation 1.</summary>
    /// <param name="features">(N, D).</param>
    /// <returns>About 1 (collapsed) to min(N, D).</returns>
    public static double RankMe(Tensor features) => Math.Exp(Entropy(SingularValues(features), RankEpsilon));

    /// <summary>Effective rank: as <see cref="RankMe"/> without the 1e-5. Roy and Vetterli 2007.</summary>
    /// <param name="features">(N, D).</param>
    /// <returns>1 to min(N, D).</returns>
    public static double EffectiveRank(Tensor features) => Math.Exp(Entropy(SingularValues(features), 0));

    /// <summary>Mean of |x - y|^alpha over pairs of L2-normalised views: 0 when views of a sample coincide. Wang and Isola 2020, https://arxiv.org/abs/2005.10242.</summary>
    /// <param name="first">(N, D); need not be normalised.</param>
    /// <param name="second">(N, D), the other view of each sample.</param>
    /// <param name="alpha">Exponent, positive.</param>
    /// <returns>A scalar that can be differentiated.</returns>
    public static Tensor Alignment(Tensor first, Tensor second, double alpha = 2)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        using var scope = Scope.Enter();
        return scope.MoveOut((Normalise(first) - Normalise(second)).Square().Sum(1, keepDim: false).Pow(alpha / 2).Mean());
    }

    /// <summary>ln of the mean over unordered pairs of exp(-t |x_i - x_j|^2) on the sphere: 0 when collapsed, lower when spread. Wang and Isola 2020.</summary>
    /// <param name="features">(N, D), N at least 2; need not be normalised.</param>
    /// <param name="t">Sharpness, positive.</param>
    /// <returns>A scalar that can be differentiated. Works on pieces of rows, so without gradients memory stays bounded.</returns>
    public static Tensor Uniformity(Tensor features, double t = 2)
    {
        RequireRows(features, 2);
        using var scope = Scope.Enter();
        var points = Normalise(features);
        var rows = points.Size(0);
        var step = FeatureMatrix.RowsFor(rows);
        var sum = Ops.Zeros([], points.DType, points.Device);
        for (long start = 0; start < rows; start += step)
        {
            using var inner = Scope.Enter();
            var piece = points.Narrow(0, start, Math.Min(step, rows - start));
            // On the sphere |x - y|^2 = 2 - 2 x.y; the diagonal, a point with itself, is taken out with the same rounding.
            var all = ((piece.Matmul(points.T()) - Ops.Ones([], points.DType, points.Device)) * (2 * t)).Exp();
            sum = inner.MoveOut(sum + all.Sum() - all.Diagonal(start).Sum());
        }

        return scope.MoveOut((sum / (rows * (double)(rows - 1))).Log());
    }

    /// <summary>Alignment plus weighted uniformity, as a loss: alignment + lambda (uniformity(first) + uniformity(second)) / 2.</summary>
    /// <param name="first">(N, D).</param>
    /// <param name="second">(N, D), the other view of each sample.</param>
    /// <param name="t">Sharpness of uniformity.</param>
    /// <param name="lambda">Weight of uniformity.</param>
    /// <param name="alpha">Exponent of alignment.</param>
    public static Tensor Hypersphere(Tensor first, Tensor second, double t = 2, double lambda = 1, double alpha = 2)
    {
        using var scope = Scope.Enter();
        return scope.MoveOut(Alignment(first, second, alpha) + ((Uniformity(first, t) + Uniformity(second, t)) * (lambda / 2)));
    }

    /// <summary>LiDAR: rank of what tells samples apart, measured in units of how much the views of one sample differ. Thilak et al. 2023, https://arxiv.org/abs/2312.04000.</summary>
    /// <param name="features">(samples * views, D); views of a sample are neighbouring rows.</param>
    /// <param name="views">Views of each sample, at least 2.</param>
    /// <param name="delta">Added to the diagonal of the within-sample covariance, positive.</param>
    /// <param name="epsilon">Added to each eigenvalue before normalising.</param>
    /// <exception cref="ShapeException">Rows are not whole samples, or there are fewer than two.</exception>
    public static LidarScore Lidar(Tensor features, int views, double delta = 1e-4, double epsilon = 1e-8)
    {
        RequireRows(features, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 2);
        var (rows, width) = (features.Size(0), features.Size(1));
        var samples = rows / views;
        if (samples * views != rows || samples < 2)
            throw new ShapeException($"features are {features}; with {views} views a sample, rows must be a multiple of {views} and at least {2 * views}.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var points = features.To(DType.Float64).Reshape([samples, views, width]);
        var means = points.Mean(1, keepDim: true);
        var between = (means - means.Mean(0, keepDim: true)).Reshape([samples, width]);
        var within = (points - means).Reshape([rows, width]);
        var eigenvalues = rows < width ? DualRatios(between, within, views, delta) : Ratios(between, within, views, delta);
        var sum = 0.0;
        for (var k = 0; k < eigenvalues.Length; k++)
            sum += eigenvalues[k] = Math.Max(0, eigenvalues[k]) + epsilon;
        var entropy = 0.0;
        foreach (var value in eigenvalues)
            entropy -= Contribution(value / sum);
        return new(Math.Exp(entropy), entropy, eigenvalues[^1] - epsilon);
    }

    /// <summary>Ratios of between-sample to within-sample variance, rising.</summary>
    private static double[] Ratios(Tensor between, Tensor within, int views, double delta)
    {
        var (samples, width) = (between.Size(0), between.Size(1));
        var betweenCovariance = between.T().Matmul(between) / (samples - 1);
        var withinCovariance = (within.T().Matmul(within) / (samples * (views - 1.0))) + (Ops.Eye(width, DType.Float64, between.Device) * delta);
        var (values, vectors) = withinCovariance.Eigh();
        var whiten = (vectors * values.Rsqrt()).Matmul(vectors.T());
        var ratio = whiten.Matmul(betweenCovariance).Matmul(whiten);
        return ((ratio + ratio.T()) * 0.5).Eigvalsh().ToArray<double>();
    }

    // The same from matrices of rows instead of columns: B W⁻¹ Bᵀ has the eigenvalues that are not 0, and the inverse of
    // W = wᵀw / c + δ is (1 - wᵀ (c δ + w wᵀ)⁻¹ w) / δ (Woodbury).
    private static double[] DualRatios(Tensor between, Tensor within, int views, double delta)
    {
        var (samples, width) = (between.Size(0), between.Size(1));
        var inner = within.Matmul(within.T()) + (Ops.Eye(within.Size(0), DType.Float64, within.Device) * (delta * samples * (views - 1.0)));
        var cross = within.Matmul(between.T());
        var ratio = (between.Matmul(between.T()) - cross.T().Matmul(cross.CholeskySolve(inner.Cholesky()))) / (delta * (samples - 1));
        var found = ((ratio + ratio.T()) * 0.5).Eigvalsh().ToArray<double>();
        var all = new double[width];
        found.CopyTo(all, all.Length - found.Length);
        return all;
    }

    private static double[] SingularValues(Tensor features)
    {
        RequireRows(features, 1);
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var wide = features.To(DType.Float64);
        var gram = wide.Size(0) < wide.Size(1) ? wide.Matmul(wide.T()) : wide.T().Matmul(wide);
        var values = gram.Eigvalsh().ToArray<double>();
        // Squares below rounding are zeros; their roots would pass for small singular values.
        var floor = values[^1] * values.Length * 2.3e-16;
        for (var k = 0; k < values.Length; k++)
            values[k] = values[k] > floor ? Math.Sqrt(values[k]) : 0;
        return values;
    }

    private static double Entropy(double[] values, double epsilon)
    {
        var sum = values.Sum();
        if (!(sum > 0))
            return 0;
        var entropy = 0.0;
        foreach (var value in values)
            entropy -= Contribution((value / sum) + epsilon);
        return entropy;
    }

    private static double Contribution(double p) => p > 0 ? p * Math.Log(p) : 0;

    private static Tensor Normalise(Tensor features) => features / features.VectorNorm(2, [1], keepdim: true).ClampMin(1e-12);

    private static void RequireRows(Tensor features, int rows)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        if (features.Size(0) < rows)
            throw new ShapeException($"features are {features}; at least {rows} rows are needed.");
    }
}
