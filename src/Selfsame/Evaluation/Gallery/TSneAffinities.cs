using System.Numerics.Tensors;

namespace Selfsame.Evaluation.Gallery;

/// <summary>How near points are to each other, as the probabilities that t-SNE keeps. van der Maaten and Hinton 2008, JMLR 9, section 2 and equation 1.</summary>
public static class TSneAffinities
{
    private const int MostSteps = 100;
    private const double EntropyTolerance = 1e-5;   // nats

    /// <summary>The smallest probability; keeps logarithms finite.</summary>
    public const double Floor = 2.220446049250313e-16;

    /// <summary>Squared Euclidean distances of all pairs.</summary>
    /// <param name="points">(N, D), row-major.</param>
    /// <param name="count">N.</param>
    /// <returns>(N, N), symmetric, zero diagonal.</returns>
    public static double[] Distances(ReadOnlySpan<double> points, int count)
    {
        var width = points.Length / Math.Max(1, count);
        var distances = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            var row = points.Slice(i * width, width);
            for (var j = i + 1; j < count; j++)
            {
                var distance = TensorPrimitives.Distance(row, points.Slice(j * width, width));
                distances[(i * count) + j] = distances[(j * count) + i] = distance * distance;
            }
        }

        return distances;
    }

    /// <summary>p(j | i) = exp(−β d_ij) / Σ over j ≠ i, with β of each row chosen so that the row's entropy is ln(perplexity).</summary>
    /// <param name="distances">(N, N) squared distances.</param>
    /// <param name="count">N, at least 2.</param>
    /// <param name="perplexity">Effective number of neighbours, above 0 and below N.</param>
    /// <returns>(N, N); rows sum to one, zero diagonal.</returns>
    public static double[] Conditional(double[] distances, int count, double perplexity)
    {
        ArgumentNullException.ThrowIfNull(distances);
        if (!(perplexity > 0) || perplexity >= count)
            throw new ArgumentException($"the perplexity is {perplexity}; it is the effective number of neighbours, so it lies above 0 and below the number of points, {count}", nameof(perplexity));
        var result = new double[distances.Length];
        var wanted = Math.Log(perplexity);
        Parallel.For(0, count, i => Calibrate(distances.AsSpan(i * count, count), result.AsSpan(i * count, count), i, wanted));
        return result;
    }

    /// <summary>(P + Pᵀ) / Σ, floored at <see cref="Floor"/> off the diagonal.</summary>
    /// <param name="conditional">(N, N).</param>
    /// <param name="count">N.</param>
    /// <returns>(N, N), symmetric, sums to one.</returns>
    public static double[] Joint(double[] conditional, int count)
    {
        ArgumentNullException.ThrowIfNull(conditional);
        var joint = new double[conditional.Length];
        var total = 0.0;
        for (var i = 0; i < count; i++)
        {
            for (var j = i + 1; j < count; j++)
            {
                var both = conditional[(i * count) + j] + conditional[(j * count) + i];
                joint[(i * count) + j] = joint[(j * count) + i] = both;
                total += 2 * both;
            }
        }

        total = Math.Max(total, Floor);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                if (i != j)
                    joint[(i * count) + j] = Math.Max(joint[(i * count) + j] / total, Floor);
            }
        }

        return joint;
    }

    // The nearest distance is taken off before the exponential: the quotient stays the same, and no row can underflow to nothing.
    private static void Calibrate(ReadOnlySpan<double> distances, Span<double> row, int self, double wanted)
    {
        var nearest = double.PositiveInfinity;
        for (var j = 0; j < distances.Length; j++)
            nearest = j == self ? nearest : Math.Min(nearest, distances[j]);
        var (beta, low, high) = (1.0, double.NegativeInfinity, double.PositiveInfinity);
        for (var step = 0; step < MostSteps; step++)
        {
            for (var j = 0; j < row.Length; j++)
                row[j] = -beta * (distances[j] - nearest);
            TensorPrimitives.Exp(row, row);
            row[self] = 0;
            var sum = TensorPrimitives.Sum<double>(row);
            var mean = 0.0;
            for (var j = 0; j < row.Length; j++)
                mean += row[j] == 0 ? 0 : row[j] * (distances[j] - nearest);
            TensorPrimitives.Divide(row, sum, row);
            var excess = Math.Log(sum) + (beta * mean / sum) - wanted;
            if (Math.Abs(excess) <= EntropyTolerance)
                return;
            if (excess > 0)
                (low, beta) = (beta, double.IsInfinity(high) ? beta * 2 : (beta + high) / 2);
            else
                (high, beta) = (beta, double.IsInfinity(low) ? beta / 2 : (beta + low) / 2);
        }
    }
}
