using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The raw-input baseline: the samples themselves as features. A representation that scores below it lost more than it found.</summary>
public static class RawInputFeatures
{
    /// <summary>Flattens samples. The values stay as they are: the probes standardise, cosine k-NN normalises.</summary>
    /// <param name="samples">(N, ...), such as pictures (N, channels, height, width).</param>
    /// <returns>(N, D), D the number of values in a sample; shares memory with <paramref name="samples"/> where they are contiguous.</returns>
    /// <exception cref="ShapeException">There are no samples, or they have no dimension of their own.</exception>
    public static Tensor Of(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Dimensions < 2 || samples.ElementCount == 0)
            throw new ShapeException($"samples are {samples}; expected one along the first dimension and its values along the others.");
        using var scope = Scope.Enter();
        var flat = samples.Flatten(1);
        return scope.MoveOut(flat.DType is DType.Float32 or DType.Float64 ? flat : flat.To(DType.Float32));
    }
}
