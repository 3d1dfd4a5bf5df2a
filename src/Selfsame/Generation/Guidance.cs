using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>Classifier-free guidance, in an interval of noise levels.</summary>
/// <remarks>
/// Ho and Salimans 2022, https://arxiv.org/abs/2207.12598; interval: Kynkäänniemi et al. 2024, https://arxiv.org/abs/2404.07724.
/// </remarks>
/// <param name="Scale">1 is the conditional model itself, more moves further away from the unconditional one.</param>
/// <param name="Low">Lowest noise level with guidance, 0..1; 0 is data.</param>
/// <param name="High">Highest noise level with guidance, 0..1; 1 is pure noise.</param>
public sealed record Guidance(double Scale, double Low = 0, double High = 1)
{
    /// <summary>Whether a noise level is guided; both bounds are. Compared in single precision, in which models get their time.</summary>
    public bool Covers(double noiseLevel) => (float)noiseLevel >= (float)Low && (float)noiseLevel <= (float)High;

    /// <summary>without + scale · (with − without).</summary>
    /// <param name="without">Velocity without label.</param>
    /// <param name="with">Velocity with label, same shape.</param>
    public Tensor Combine(Tensor without, Tensor with)
    {
        ArgumentNullException.ThrowIfNull(without);
        ArgumentNullException.ThrowIfNull(with);
        return without + ((with - without) * Scale);
    }
}
