namespace Selfsame.Evaluation;

/// <summary>How often samples of each class were given each class.</summary>
public sealed class Confusion
{
    private readonly long[] _counts;

    private Confusion(int classes) => (Classes, _counts) = (classes, new long[checked(classes * classes)]);

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Number of samples.</summary>
    public long Samples { get; private set; }

    /// <summary>Share of samples whose class was found; NaN without samples.</summary>
    public double Accuracy
    {
        get
        {
            long right = 0;
            for (var k = 0; k < Classes; k++)
                right += this[k, k];
            return (double)right / Samples;
        }
    }

    /// <summary>Mean over the classes that occur of the share of their samples that were found; NaN without samples.</summary>
    public double BalancedAccuracy
    {
        get
        {
            var sum = 0.0;
            var present = 0;
            for (var k = 0; k < Classes; k++)
            {
                var count = Count(k);
                if (count == 0)
                    continue;
                sum += (double)this[k, k] / count;
                present++;
            }

            return sum / present;
        }
    }

    /// <summary>Share of the most frequent class: what always naming it would score.</summary>
    public double MajorityShare
    {
        get
        {
            long most = 0;
            for (var k = 0; k < Classes; k++)
                most = Math.Max(most, Count(k));
            return (double)most / Samples;
        }
    }

    /// <summary>Samples of class <paramref name="truth"/> that were given class <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => _counts[(truth * Classes) + predicted];

    /// <summary>Counts pairs of true and predicted classes.</summary>
    /// <param name="truth">True classes, from 0.</param>
    /// <param name="predicted">Predicted classes, as many.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a class is out of range.</exception>
    public static Confusion Of(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (truth.Length != predicted.Length)
            throw new ArgumentException($"{predicted.Length} predictions for {truth.Length} samples; every sample needs one");
        var confusion = new Confusion(classes) { Samples = truth.Length };
        for (var k = 0; k < truth.Length; k++)
        {
            if ((ulong)truth[k] >= (ulong)classes || (ulong)predicted[k] >= (ulong)classes)
                throw new ArgumentException($"sample {k} has class {truth[k]} and prediction {predicted[k]}; both must be from 0 to {classes - 1}");
            confusion._counts[(truth[k] * classes) + predicted[k]]++;
        }

        return confusion;
    }

    /// <summary>Samples whose true class is <paramref name="truth"/>.</summary>
    public long Count(int truth)
    {
        long count = 0;
        for (var k = 0; k < Classes; k++)
            count += this[truth, k];
        return count;
    }
}
