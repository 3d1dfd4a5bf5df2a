namespace Selfsame.Torch;

/// <summary>By what a matrix is divided before the Newton-Schulz iteration, so that it converges.</summary>
public enum WhiteningScale
{
    /// <summary>The matrix by its Frobenius norm.</summary>
    Matrix,

    /// <summary>The Gram matrix by its own Frobenius norm: the same limit in fewer iterations.</summary>
    Gram,
}

/// <summary>Replaces a matrix by the nearest one whose singular values are all 1: (G Gᵀ)^(-1/2) G.</summary>
public static class Whitening
{
    private const long DoubleSide = 128;

    /// <summary>Takes each row to mean 0 and population deviation 1. Rows that are constant become 0.</summary>
    /// <param name="matrix">(rows, columns).</param>
    public static Tensor StandardizeRows(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var scope = Scope.Enter();
        var meanR1 = matrix.Mean(-1, keepDim: true);
        var deviationR1 = matrix.Variance(-1, correction: 0, keepDim: true).Sqrt();
        var constantR1 = deviationR1.Le(meanR1.Abs() * 1e-6);  // what is left of such a row is rounding
        return scope.MoveOut(((matrix - meanR1) / deviationR1).MaskedFill(constantR1, 0));
    }

    /// <summary>Whitens by the coupled Newton-Schulz iteration: matrix products only.</summary>
    /// <param name="matrix">(rows, columns); the shorter side is whitened. Zero gives zero.</param>
    /// <param name="iterations">At least 1.</param>
    /// <param name="beta">Step of an iteration, above 0; 0.5 converges quadratically.</param>
    /// <param name="scale">Scaling before the iteration.</param>
    /// <remarks>
    /// Y₀ = A Aᵀ, Z₀ = 1; M = 3 - Z Y; Y ← βYM, Z ← βZM; the result is Z A. Higham 2008, Functions of Matrices, section 6.3.
    /// Rounding in directions that A lacks (standardised rows lack one) grows 2.25 times an iteration. So a shorter side of up to 128 is
    /// iterated in double, which costs little there; for longer ones in float32 this is about 3e-5 after ten iterations, too little to matter to training.
    /// </remarks>
    public static Tensor NewtonSchulz(Tensor matrix, int iterations, double beta = 0.5, WhiteningScale scale = WhiteningScale.Matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        using var scope = Scope.Enter();
        var tall = matrix.Size(0) > matrix.Size(1);
        var type = matrix.DType;
        var a = tall ? matrix.T() : matrix;
        if (a.Size(0) <= DoubleSide)
            a = a.To(DType.Float64);
        var y = a.Mm(a.T());
        // A floor far below any gradient keeps 0 / 0 out without waiting for the device.
        var squaredNorm = (scale == WhiteningScale.Gram ? y.VectorNorm() : y.Trace()).ClampMin(1e-37);
        y = y / squaredNorm;
        var z = Ops.Eye(y.Size(0), dtype: y.DType, device: y.Device);
        var three = z * 3.0;
        for (var k = 0; k < iterations; k++)
        {
            var m = three - z.Mm(y);  // with the old Y and Z in both updates
            z = z.Mm(m) * beta;
            if (k + 1 < iterations)
                y = y.Mm(m) * beta;
        }

        var white = (z.Mm(a) / squaredNorm.Sqrt()).To(type);
        return scope.MoveOut(tall ? white.T() : white);
    }

    /// <summary>Whitens exactly, by singular values: U Vᵀ over those that are not zero. Slow; the limit of <see cref="NewtonSchulz"/>.</summary>
    /// <param name="matrix">(rows, columns).</param>
    public static Tensor Exact(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var scope = Scope.Enter();
        var (u, s, vh) = matrix.Svd(fullMatrices: false);
        var kept = s.Gt(s.Max() * (1e-6 * Math.Max(matrix.Size(0), matrix.Size(1))));
        return scope.MoveOut((u * kept).Mm(vh));
    }
}
