namespace Selfsame.Evaluation;

/// <summary>How a clustering agrees with known classes (<c>clustering/agreement-1</c>). Natural logarithms, double precision.</summary>
/// <remarks>
/// Definitions and corner cases as in scikit-learn: V-measure after Rosenberg and Hirschberg 2007; adjusted Rand index after Hubert and Arabie 1985;
/// adjusted mutual information after Vinh, Epps and Bailey 2010, JMLR 11, with the exact hypergeometric expectation.
/// </remarks>
public sealed class ClusterAgreement
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "clustering/agreement-1";

    private const double Rounding = 2.220446049250313e-16;

    private readonly long[] _rows, _columns;
    private readonly double _rowEntropy, _columnEntropy;

    /// <summary>Counts and measures.</summary>
    /// <param name="classes">True class of each sample, any ids.</param>
    /// <param name="clusters">Cluster of each sample, any ids.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there are no samples.</exception>
    public ClusterAgreement(ReadOnlySpan<long> classes, ReadOnlySpan<long> clusters)
    {
        Table = Contingency.Of(classes, clusters);
        (_rows, _columns) = (Table.RowSums(), Table.ColumnSums());
        (_rowEntropy, _columnEntropy) = (Entropy(_rows, Table.Samples), Entropy(_columns, Table.Samples));
        MutualInformation = Math.Max(0, Information());
    }

    /// <summary>The counts behind all figures.</summary>
    public Contingency Table { get; }

    /// <summary>Mutual information in nats, at least 0.</summary>
    public double MutualInformation { get; }

    /// <summary>1 when every cluster holds one class only.</summary>
    public double Homogeneity => _rowEntropy > 0 ? MutualInformation / _rowEntropy : 1;

    /// <summary>1 when every class lies in one cluster only.</summary>
    public double Completeness => _columnEntropy > 0 ? MutualInformation / _columnEntropy : 1;

    /// <summary>Mutual information over the arithmetic mean of the entropies.</summary>
    public double NormalisedByMean => Normalised((_rowEntropy + _columnEntropy) / 2);

    /// <summary>Mutual information over the geometric mean of the entropies.</summary>
    public double NormalisedByProduct => Normalised(Math.Sqrt(_rowEntropy * _columnEntropy));

    /// <summary>Mutual information over the larger entropy.</summary>
    public double NormalisedByMaximum => Normalised(Math.Max(_rowEntropy, _columnEntropy));

    /// <summary>Mutual information above what chance gives, over what there is above chance: 0 by chance, 1 at best.</summary>
    public double AdjustedInformation
    {
        get
        {
            if (IsTrivial)
                return 1;
            var expected = ExpectedInformation();
            var span = ((_rowEntropy + _columnEntropy) / 2) - expected;
            // Never a division by zero, and the sign stays.
            return (MutualInformation - expected) / (span < 0 ? Math.Min(span, -Rounding) : Math.Max(span, Rounding));
        }
    }

    /// <summary>Adjusted Rand index: 0 by chance, 1 at best.</summary>
    public double AdjustedRand
    {
        get
        {
            var (both, rows, columns) = Pairs();
            double all = (double)Table.Samples * (Table.Samples - 1);
            var (apartInRows, apartInColumns) = (rows - both, columns - both);
            var apart = all - both - apartInRows - apartInColumns;
            return apartInRows == 0 && apartInColumns == 0
                ? 1
                : 2 * ((both * apart) - (apartInRows * apartInColumns)) / (((both + apartInRows) * (apartInRows + apart)) + ((both + apartInColumns) * (apartInColumns + apart)));
        }
    }

    /// <summary>Geometric mean of pair precision and pair recall. Fowlkes and Mallows 1983.</summary>
    public double FowlkesMallows
    {
        get
        {
            var (both, rows, columns) = Pairs();
            return both == 0 ? 0 : Math.Sqrt(both / columns) * Math.Sqrt(both / rows);
        }
    }

    /// <summary>Share of samples in the class that is most frequent in their cluster.</summary>
    public double Purity
    {
        get
        {
            long sum = 0;
            for (var column = 0; column < _columns.Length; column++)
            {
                long most = 0;
                for (var row = 0; row < _rows.Length; row++)
                    most = Math.Max(most, Table[row, column]);
                sum += most;
            }

            return (double)sum / Table.Samples;
        }
    }

    /// <summary>Accuracy under the best one-to-one assignment of clusters to classes.</summary>
    public double AssignmentAccuracy
    {
        get
        {
            var gain = new double[_rows.Length, _columns.Length];
            for (var row = 0; row < _rows.Length; row++)
            {
                for (var column = 0; column < _columns.Length; column++)
                    gain[row, column] = Table[row, column];
            }

            var chosen = Assignment.Maximise(gain);
            long right = 0;
            for (var row = 0; row < chosen.Length; row++)
                right += chosen[row] >= 0 ? Table[row, chosen[row]] : 0;
            return (double)right / Table.Samples;
        }
    }

    private bool IsTrivial => _rows.Length == 1 && _columns.Length == 1;

    /// <summary>Weighted harmonic mean of homogeneity and completeness.</summary>
    /// <param name="beta">Weight of completeness, at least 0.</param>
    public double VMeasure(double beta = 1)
    {
        var (h, c) = (Homogeneity, Completeness);
        return h + c == 0 ? 0 : (1 + beta) * h * c / ((beta * h) + c);
    }

    private double Normalised(double by) => IsTrivial ? 1 : MutualInformation <= Rounding ? 0 : MutualInformation / by;

    private double Information()
    {
        var sum = 0.0;
        double n = Table.Samples;
        for (var row = 0; row < _rows.Length; row++)
        {
            for (var column = 0; column < _columns.Length; column++)
            {
                if (Table[row, column] is > 0 and var count)
                    sum += count / n * Math.Log(count * n / ((double)_rows[row] * _columns[column]));
            }
        }

        return sum;
    }

    private double ExpectedInformation()
    {
        var n = Table.Samples;
        var logFactorial = new double[n + 1];
        for (var k = 1; k <= n; k++)
            logFactorial[k] = logFactorial[k - 1] + Math.Log(k);
        var sum = 0.0;
        foreach (int a in _rows)
        {
            foreach (int b in _columns)
            {
                for (var both = Math.Max(1, a + b - n); both <= Math.Min(a, b); both++)
                {
                    var probability = Math.Exp(logFactorial[a] + logFactorial[b] + logFactorial[n - a] + logFactorial[n - b]
                        - logFactorial[n] - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both] - logFactorial[n - a - b + both]);
                    sum += (double)both / n * Math.Log((double)n * both / ((double)a * b)) * probability;
                }
            }
        }

        return sum;
    }

    /// <summary>Ordered pairs of samples together in both, in classes, in clusters.</summary>
    private (double Both, double Classes, double Clusters) Pairs()
    {
        var (both, rows, columns) = (0.0, 0.0, 0.0);
        foreach (var count in Table.Counts)
            both += (double)count * (count - 1);
        foreach (var count in _rows)
            rows += (double)count * (count - 1);
        foreach (var count in _columns)
            columns += (double)count * (count - 1);
        return (both, rows, columns);
    }

    private static double Entropy(long[] counts, double samples)
    {
        var entropy = 0.0;
        foreach (var count in counts)
            entropy -= count > 0 ? count / samples * Math.Log(count / samples) : 0;
        return counts.Length == 1 ? 0 : entropy;
    }
}
