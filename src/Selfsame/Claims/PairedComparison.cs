using MathNet.Numerics.Distributions;

namespace Selfsame.Claims;

/// <summary>What paired differences say about a prediction.</summary>
public enum ClaimOutcome
{
    /// <summary>Better, and the 95 % interval of the mean difference leaves zero out.</summary>
    Holds,

    /// <summary>Worse, and the interval leaves zero out.</summary>
    Contradicted,

    /// <summary>The interval holds zero: too small a difference for this many seeds at this scale.</summary>
    Undecided,
}

/// <summary>Differences between two arms that share data, steps and seeds, judged by Student's t interval.</summary>
/// <param name="Differences">By how much the one predicted to be better is better, for each seed; above 0 = better, whichever way the metric points.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Low">Lower end of the 95 % interval of the mean.</param>
/// <param name="High">Upper end.</param>
/// <param name="Outcome">What follows.</param>
/// <remarks>mean ± t(0.975, n − 1) · s / √n with the unbiased standard deviation s. With three seeds t is 4.30, so only a steady difference decides.</remarks>
public sealed record PairedComparison(IReadOnlyList<double> Differences, double Mean, double Low, double High, ClaimOutcome Outcome)
{
    /// <summary>Compares values of the same seeds in the same order.</summary>
    /// <param name="better">Values of the arm predicted to be better, at least 2.</param>
    /// <param name="than">Values of the other.</param>
    /// <param name="lowerIsBetter">Which way the metric points.</param>
    /// <exception cref="ArgumentException">Fewer than two pairs, or unequal numbers.</exception>
    public static PairedComparison Of(IReadOnlyList<double> better, IReadOnlyList<double> than, bool lowerIsBetter)
    {
        ArgumentNullException.ThrowIfNull(better);
        ArgumentNullException.ThrowIfNull(than);
        if (better.Count != than.Count || better.Count < 2)
            throw new ArgumentException($"a paired comparison needs equally many values, at least two; there are {better.Count} and {than.Count}");
        var differences = new double[better.Count];
        for (var i = 0; i < differences.Length; i++)
            differences[i] = lowerIsBetter ? than[i] - better[i] : better[i] - than[i];
        var (mean, deviation) = Spread(differences);
        var half = StudentT.InvCDF(0, 1, differences.Length - 1, 0.975) * deviation / Math.Sqrt(differences.Length);
        var (low, high) = (mean - half, mean + half);
        var outcome = low > 0 ? ClaimOutcome.Holds : high < 0 ? ClaimOutcome.Contradicted : ClaimOutcome.Undecided;
        return new(differences, mean, low, high, outcome);
    }

    /// <summary>Mean and unbiased standard deviation.</summary>
    /// <param name="values">At least 2.</param>
    public static (double Mean, double Deviation) Spread(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
