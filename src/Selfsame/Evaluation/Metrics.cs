namespace Selfsame.Evaluation;

/// <summary>Mean of a figure over repeated runs, and how much the runs differ.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Sample standard deviation (divides by n - 1); NaN for a single run, which tells nothing about spread.</param>
/// <param name="Runs">Number of runs.</param>
public readonly record struct MeanDeviation(double Mean, double Deviation, int Runs);

/// <summary>A classifier's figures on one split, all as fractions from 0 to 1.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="Accuracy">Share of samples whose class was found.</param>
/// <param name="BalancedAccuracy">Mean over classes of the share found; chance is 1 / classes however uneven they are.</param>
/// <param name="TopFive">Share of samples whose class is among the five best.</param>
/// <param name="MajorityShare">Accuracy of always naming the most frequent class of this split.</param>
public sealed record ClassificationScore(int Samples, double Accuracy, double BalancedAccuracy, double TopFive, double MajorityShare);

/// <summary>Small figures in double precision.</summary>
public static class Metrics
{
    /// <summary>Index of the largest value; the first of equals.</summary>
    /// <param name="scores">At least one value.</param>
    public static int ArgMax(ReadOnlySpan<double> scores)
    {
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
        {
            if (scores[k] > scores[best])
                best = k;
        }

        return best;
    }

    /// <summary>True when <paramref name="label"/> is among the <paramref name="k"/> classes with the largest scores; of equals, the lower class goes first.</summary>
    /// <param name="scores">One for each class.</param>
    /// <param name="label">A class.</param>
    /// <param name="k">At least 1.</param>
    public static bool InTop(ReadOnlySpan<double> scores, int label, int k)
    {
        var own = scores[label];
        var ahead = 0;
        for (var other = 0; other < scores.Length; other++)
        {
            if (scores[other] > own || (scores[other] == own && other < label))
                ahead++;
        }

        return ahead < k;
    }

    /// <summary>Class with the largest score for each sample.</summary>
    /// <param name="scores">(N, classes), row-major.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>N classes.</returns>
    public static long[] Predictions(ReadOnlySpan<double> scores, int classes)
    {
        var predictions = new long[scores.Length / classes];
        for (var row = 0; row < predictions.Length; row++)
            predictions[row] = ArgMax(scores.Slice(row * classes, classes));
        return predictions;
    }

    /// <summary>All figures of a classifier from its scores.</summary>
    /// <param name="truth">N true classes.</param>
    /// <param name="scores">(N, classes), row-major; a class with score <paramref name="floor"/> or less was not proposed at all and never counts as a top-five hit.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="floor">0 for votes; negative infinity for logits.</param>
    /// <exception cref="ArgumentException">The number of scores is not N * classes, or a class is out of range.</exception>
    public static ClassificationScore Score(ReadOnlySpan<long> truth, ReadOnlySpan<double> scores, int classes, double floor = double.NegativeInfinity)
    {
        if (scores.Length != (long)truth.Length * classes)
            throw new ArgumentException($"{scores.Length} scores for {truth.Length} samples and {classes} classes; expected {(long)truth.Length * classes}");
        var confusion = Confusion.Of(truth, Predictions(scores, classes), classes);
        var topFive = 0;
        for (var row = 0; row < truth.Length; row++)
        {
            var own = scores.Slice(row * classes, classes);
            if (own[(int)truth[row]] > floor && InTop(own, (int)truth[row], 5))
                topFive++;
        }

        return new(truth.Length, confusion.Accuracy, confusion.BalancedAccuracy, (double)topFive / truth.Length, confusion.MajorityShare);
    }

    /// <summary>Mean and sample standard deviation over runs with different seeds.</summary>
    /// <param name="values">One figure for each run, at least one.</param>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static MeanDeviation OverSeeds(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            throw new ArgumentException("no runs to average; give at least one value");
        var mean = 0.0;
        foreach (var value in values)
            mean += value / values.Length;
        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return new(mean, values.Length == 1 ? double.NaN : Math.Sqrt(squares / (values.Length - 1)), values.Length);
    }

    /// <summary>Cross-entropy in nats of guessing evenly among <paramref name="choices"/>: ln K, the loss of a model that learnt nothing.</summary>
    /// <param name="choices">K, at least 1: classes, InfoNCE candidates, prototypes, codes.</param>
    public static double ChanceLoss(int choices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 1);
        return Math.Log(choices);
    }

    /// <summary>Chance that a random order puts one of <paramref name="targets"/> among the first <paramref name="k"/> of <paramref name="candidates"/>.</summary>
    /// <param name="targets">Right answers among the candidates.</param>
    /// <param name="candidates">Candidates, at least as many as targets.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    public static double ChanceRecall(int targets, int candidates, int k)
    {
        // 1 - C(candidates - targets, k) / C(candidates, k), as a product that cannot overflow.
        var missed = 1.0;
        for (var draw = 0; draw < Math.Min(k, candidates); draw++)
            missed *= Math.Max(0, candidates - targets - draw) / (double)(candidates - draw);
        return 1 - missed;
    }
}
