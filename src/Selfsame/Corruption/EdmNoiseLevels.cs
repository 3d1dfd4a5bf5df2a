using System.Numerics.Tensors;

namespace Selfsame.Corruption;

/// <summary>EDM's log-normal noise as an angle between data and noise, scaled to 0..1. Draws normal <c>z</c>.</summary>
/// <param name="Location">Mean of the logarithm of the noise's standard deviation; -1.2 in EDM.</param>
/// <param name="Scale">Standard deviation of that logarithm, more than 0; 1.2 in EDM.</param>
/// <param name="DataDeviation">Standard deviation of the data, more than 0; 0.5 in EDM.</param>
/// <remarks>Karras et al. 2022, https://arxiv.org/abs/2206.00364; level = atan(exp(location + scale z) / deviation) * 2 / π.</remarks>
/// <exception cref="ArgumentOutOfRangeException">Scale or deviation is not positive.</exception>
public sealed record EdmNoiseLevels(double Location = -1.2, double Scale = 1.2, double DataDeviation = 0.5) : INoiseLevels
{
    /// <summary>Standard deviation of the logarithm.</summary>
    public double Scale { get; init; } = NoiseLevels.Positive(Scale, nameof(Scale));

    /// <summary>Standard deviation of the data.</summary>
    public double DataDeviation { get; init; } = NoiseLevels.Positive(DataDeviation, nameof(DataDeviation));

    /// <inheritdoc/>
    public void Sample(INoiseDraws draws, Span<double> levels)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Normal("z", levels);
        TensorPrimitives.Multiply(levels, Scale, levels);
        TensorPrimitives.Add(levels, Location, levels);
        TensorPrimitives.Exp<double>(levels, levels);
        for (var i = 0; i < levels.Length; i++)
            levels[i] = Math.Atan(levels[i] / DataDeviation) * (2 / Math.PI);
    }

    /// <inheritdoc/>
    public void Density(ReadOnlySpan<double> levels, Span<double> density)
    {
        NoiseLevels.CheckLengths(levels, density);
        for (var i = 0; i < levels.Length; i++)
        {
            // d/dlevel of log(deviation tan θ), θ = level π / 2, is (π / 2) / (sin θ cos θ) = π / sin 2θ.
            var angle = levels[i] * (Math.PI / 2);
            var z = (Math.Log(DataDeviation * Math.Tan(angle)) - Location) / Scale;
            density[i] = Math.Exp(-0.5 * z * z) / (Math.Sqrt(2 * Math.PI) * Scale) * Math.PI / Math.Sin(2 * angle);
        }
    }
}
