using System.Numerics.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Selfsame.Corruption;

/// <summary>A distribution of noise levels t in 0..1, where 0 is data and 1 is pure noise.</summary>
public interface INoiseLevels
{
    /// <summary>Draws one noise level for each element.</summary>
    /// <param name="draws">Where the random numbers come from.</param>
    /// <param name="levels">Filled with values in 0..1.</param>
    void Sample(INoiseDraws draws, Span<double> levels);

    /// <summary>The probability density at each noise level.</summary>
    /// <param name="levels">Noise levels, more than 0 and less than 1.</param>
    /// <param name="density">As many values; filled.</param>
    void Density(ReadOnlySpan<double> levels, Span<double> density);
}

/// <summary>What all distributions share: the time shift, and the levels that a sampler visits.</summary>
public static class NoiseLevels
{
    /// <summary>Moves noise levels towards noise, s = a t / (1 + (a - 1) t), for data whose size makes the same noise hide less.</summary>
    /// <param name="levels">Noise levels, 0..1; changed in place.</param>
    /// <param name="shift">a, more than 0; 1 leaves them as they are.</param>
    /// <remarks>Esser et al. 2024, https://arxiv.org/abs/2403.03206, equation 23.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The shift is not positive.</exception>
    public static void Shift(Span<double> levels, double shift)
    {
        Positive(shift, nameof(shift));
        for (var i = 0; i < levels.Length; i++)
            levels[i] = shift * levels[i] / (1 + ((shift - 1) * levels[i]));
    }

    /// <summary>The levels that a sampler visits on its way from noise (1) to data (0): equal steps, shifted.</summary>
    /// <param name="steps">Steps, at least 1; one more level is returned.</param>
    /// <param name="shift">As in <see cref="Shift"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double[] SamplingGrid(int steps, double shift = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var levels = new double[steps + 1];
        for (var i = 0; i <= steps; i++)
            levels[i] = 1 - (i / (double)steps);
        Shift(levels, shift);
        return levels;
    }

    internal static double Positive(double value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    internal static double Share(double value, string name) => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "a value in 0..1");

    internal static void CheckLengths(ReadOnlySpan<double> levels, ReadOnlySpan<double> density)
    {
        if (levels.Length != density.Length)
            throw new ArgumentException($"{levels.Length} noise levels need as many densities, not {density.Length}", nameof(density));
    }
}

/// <summary>Uniform noise levels, shifted. Draws uniform <c>u</c>.</summary>
/// <param name="Shift">More than 0; see <see cref="NoiseLevels.Shift"/>.</param>
/// <exception cref="ArgumentOutOfRangeException">The shift is not positive.</exception>
public sealed record UniformNoiseLevels(double Shift = 1) : INoiseLevels
{
    /// <summary>See <see cref="NoiseLevels.Shift"/>.</summary>
    public double Shift { get; init; } = NoiseLevels.Positive(Shift, nameof(Shift));

    /// <inheritdoc/>
    public void Sample(INoiseDraws draws, Span<double> levels)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Uniform("u", levels);
        NoiseLevels.Shift(levels, Shift);
    }

    /// <inheritdoc/>
    public void Density(ReadOnlySpan<double> levels, Span<double> density)
    {
        NoiseLevels.CheckLengths(levels, density);
        for (var i = 0; i < levels.Length; i++)
        {
            var slope = Shift + ((1 - Shift) * levels[i]);
            density[i] = Shift / (slope * slope);
        }
    }
}

/// <summary>Noise levels whose log-odds are normal, shifted. Draws normal <c>z</c>.</summary>
/// <param name="Location">Mean of the log-odds before the shift; more is noisier.</param>
/// <param name="Scale">Standard deviation of the log-odds, more than 0.</param>
/// <param name="Shift">More than 0; see <see cref="NoiseLevels.Shift"/>. It adds its logarithm to the location.</param>
/// <remarks>Esser et al. 2024, https://arxiv.org/abs/2403.03206, equation 19.</remarks>
/// <exception cref="ArgumentOutOfRangeException">Scale or shift is not positive.</exception>
public sealed record LogitNormalNoiseLevels(double Location = 0, double Scale = 1, double Shift = 1) : INoiseLevels
{
    /// <summary>Standard deviation of the log-odds.</summary>
    public double Scale { get; init; } = NoiseLevels.Positive(Scale, nameof(Scale));

    /// <summary>See <see cref="NoiseLevels.Shift"/>.</summary>
    public double Shift { get; init; } = NoiseLevels.Positive(Shift, nameof(Shift));

    /// <summary>Mean of the log-odds after the shift.</summary>
    internal double ShiftedLocation => Location + Math.Log(Shift);

    /// <inheritdoc/>
    public void Sample(INoiseDraws draws, Span<double> levels)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Normal("z", levels);
        TensorPrimitives.Multiply(levels, Scale, levels);
        TensorPrimitives.Add(levels, ShiftedLocation, levels);
        TensorPrimitives.Sigmoid<double>(levels, levels);
    }

    /// <inheritdoc/>
    public void Density(ReadOnlySpan<double> levels, Span<double> density)
    {
        NoiseLevels.CheckLengths(levels, density);
        for (var i = 0; i < levels.Length; i++)
            density[i] = Density(levels[i]);
    }

    /// <summary>The noise level of highest density; of two equal ones (location 0, scale above √2) the noisier.</summary>
    public double Mode()
    {
        // The log-odds x of a peak solve x = location + scale² tanh(x/2). With a location from 0 the highest peak is the
        // one root right of the location, as the difference of both sides is convex there. Other locations by symmetry.
        var location = Math.Abs(ShiftedLocation);
        var (low, high) = (location, location + (Scale * Scale));
        for (var i = 0; i < 100; i++)
        {
            var middle = 0.5 * (low + high);
            if (middle - location - (Scale * Scale * Math.Tanh(0.5 * middle)) <= 0)
                low = middle;
            else
                high = middle;
        }
        var peak = ShiftedLocation < 0 ? -low : low;
        return 1 / (1 + Math.Exp(-peak));
    }

    /// <summary>The density at one noise level, more than 0 and less than 1.</summary>
    internal double Density(double level) =>
        Normal.PDF(ShiftedLocation, Scale, Math.Log(level / (1 - level))) / (level * (1 - level));

    /// <summary>The probability of a lower noise level.</summary>
    internal double Cumulative(double level) => Normal.CDF(ShiftedLocation, Scale, Math.Log(level / (1 - level)));

    /// <summary>The noise level below which a share of all lie.</summary>
    internal double Quantile(double share) => SpecialFunctions.Logistic(Normal.InvCDF(ShiftedLocation, Scale, share));
}

/// <summary>A logit-normal density up to its mode, constant from there to pure noise, so that the noisiest levels are not neglected. Draws uniform <c>u</c>.</summary>
/// <param name="Rise">The distribution that gives the rise.</param>
/// <remarks>The plateau variant of Self-Flow, https://arxiv.org/abs/2603.06507, appendix A.2.</remarks>
public sealed record PlateauNoiseLevels(LogitNormalNoiseLevels Rise) : INoiseLevels
{
    /// <inheritdoc/>
    public void Sample(INoiseDraws draws, Span<double> levels)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Uniform("u", levels);
        var (mode, peak, mass) = Shape();
        var rise = Rise.Cumulative(mode);
        for (var i = 0; i < levels.Length; i++)
        {
            var share = levels[i] * mass;
            levels[i] = share < rise ? Rise.Quantile(share) : Math.Min(1, mode + ((share - rise) / peak));
        }
    }

    /// <inheritdoc/>
    public void Density(ReadOnlySpan<double> levels, Span<double> density)
    {
        NoiseLevels.CheckLengths(levels, density);
        var (mode, peak, mass) = Shape();
        for (var i = 0; i < levels.Length; i++)
            density[i] = (levels[i] < mode ? Rise.Density(levels[i]) : peak) / mass;
    }

    private (double Mode, double Peak, double Mass) Shape()
    {
        var mode = Rise.Mode();
        var peak = Rise.Density(mode);
        return (mode, peak, Rise.Cumulative(mode) + ((1 - mode) * peak));
    }
}

/// <summary>Mostly another distribution, sometimes uniform between a noise level and pure noise. Draws uniform <c>u_mix</c> and <c>u_high</c>, and what the body draws.</summary>
/// <param name="Body">The other distribution. It may not draw under the same names.</param>
/// <param name="TailProbability">Share of the tail, 0..1; 0.05 in Self-Flow's video setting.</param>
/// <param name="TailStart">Lowest level of the tail, 0..1 without 1; 0.95 there.</param>
/// <remarks>Self-Flow, https://arxiv.org/abs/2603.06507, appendix C.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
public sealed record TailMixtureNoiseLevels(INoiseLevels Body, double TailProbability, double TailStart) : INoiseLevels
{
    /// <summary>Share of the tail.</summary>
    public double TailProbability { get; init; } = NoiseLevels.Share(TailProbability, nameof(TailProbability));

    /// <summary>Lowest level of the tail.</summary>
    public double TailStart { get; init; } = TailStart < 1
        ? NoiseLevels.Share(TailStart, nameof(TailStart))
        : throw new ArgumentOutOfRangeException(nameof(TailStart), TailStart, "a value from 0 that leaves room below 1");

    /// <inheritdoc/>
    public void Sample(INoiseDraws draws, Span<double> levels)
    {
        ArgumentNullException.ThrowIfNull(draws);
        Body.Sample(draws, levels);
        Span<double> chosen = new double[levels.Length], high = new double[levels.Length];
        draws.Uniform("u_mix", chosen);
        draws.Uniform("u_high", high);
        for (var i = 0; i < levels.Length; i++)
        {
            if (chosen[i] < TailProbability)
                levels[i] = TailStart + ((1 - TailStart) * high[i]);
        }
    }

    /// <inheritdoc/>
    public void Density(ReadOnlySpan<double> levels, Span<double> density)
    {
        Body.Density(levels, density);
        for (var i = 0; i < levels.Length; i++)
        {
            var tail = levels[i] < TailStart ? 0 : TailProbability / (1 - TailStart);
            density[i] = ((1 - TailProbability) * density[i]) + tail;
        }
    }
}
