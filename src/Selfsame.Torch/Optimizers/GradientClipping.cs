namespace Selfsame.Torch;

/// <summary>How long a gradient is.</summary>
public enum GradientNormKind
{
    /// <summary>Root of the sum of squares.</summary>
    Euclidean,

    /// <summary>Largest magnitude.</summary>
    Maximum,
}

/// <summary>Length of the gradients of a whole model, and what clips them.</summary>
/// <param name="Value">Norm before clipping; not finite when a gradient is not.</param>
/// <param name="Factor">What to hand to <see cref="Optimizer.Step"/>. Of no use when <paramref name="Value"/> is not finite.</param>
public readonly record struct GradientNorm(double Value, double Factor)
{
    /// <summary>False when a gradient is infinite or no number; the step should then be skipped.</summary>
    public bool IsFinite => double.IsFinite(Value);
}

/// <summary>Clips gradients by their global norm: all are shortened alike when together they are longer than a bound.</summary>
/// <remarks>
/// Pascanu et al. 2012, https://arxiv.org/abs/1211.5063, with PyTorch's factor min(1, bound / (norm + 1e-6)). The squares are added up in
/// double, in an order that does not depend on the number of threads. Gradients of frozen parameters are zero and so do not count.
/// </remarks>
public static class GradientClipping
{
    private const double Eps = 1e-6;

    /// <summary>Measures all gradients in one pass and leaves them as they are; the optimizer clips while it steps.</summary>
    /// <param name="arena">Made with gradients.</param>
    /// <param name="maxNorm">Bound, above 0; infinity to measure only.</param>
    /// <param name="kind">Which norm.</param>
    /// <param name="gradientScale">Gradients count times this, for instance 1 / parts where they were accumulated; it is contained in both results.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not above 0.</exception>
    public static GradientNorm Measure(ParameterArena arena, double maxNorm, GradientNormKind kind = GradientNormKind.Euclidean, double gradientScale = 1)
    {
        if (!(maxNorm > 0))
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "a bound on the norm is above 0, or infinite for none");
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var gradients = GradientsOf(arena);
        var norms = gradients.SegmentNorms(null, null, [0, gradients.ElementCount], [1.0], gradientScale: 0, bufferScale: 0, kind == GradientNormKind.Maximum);
        var norm = norms.ToArray<double>()[0] * Math.Abs(gradientScale);
        return new(norm, gradientScale * Math.Min(1, maxNorm / (norm + Eps)));
    }

    /// <summary>Clips all gradients in place: a second pass, taken only when they are too long.</summary>
    /// <inheritdoc cref="Measure"/>
    /// <returns>The norm before.</returns>
    public static double Clip(ParameterArena arena, double maxNorm, GradientNormKind kind = GradientNormKind.Euclidean)
    {
        var norm = Measure(arena, maxNorm, kind);
        if (norm.Factor != 1)
        {
            using var guard = GradMode.Off();
            GradientsOf(arena).MulInPlace(norm.Factor);
        }

        return norm.Value;
    }

    private static Tensor GradientsOf(ParameterArena arena)
    {
        ArgumentNullException.ThrowIfNull(arena);
        return arena.Gradients ?? throw new ArgumentException("the arena was made without gradients", nameof(arena));
    }
}
