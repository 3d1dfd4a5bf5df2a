namespace Selfsame.Evaluation;

/// <summary>How often samples of each class fell into each cluster.</summary>
public sealed class Contingency
{
    private readonly long[] _counts;

    private Contingency(long[] classes, long[] clusters) =>
        (Classes, Clusters, _counts) = (classes, clusters, new long[checked(classes.Length * clusters.Length)]);

    /// <summary>Ids of the classes that occur, ascending: the rows.</summary>
    public IReadOnlyList<long> Classes { get; }

    /// <summary>Ids of the clusters that occur, ascending: the columns.</summary>
    public IReadOnlyList<long> Clusters { get; }

    /// <summary>Number of samples.</summary>
    public int Samples { get; private init; }

    /// <summary>All counts, row-major: (classes, clusters).</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Samples of a class in a cluster, both by place.</summary>
    public long this[int row, int column] => _counts[(row * Clusters.Count) + column];

    /// <summary>Counts pairs.</summary>
    /// <param name="classes">Class of each sample, any ids.</param>
    /// <param name="clusters">Cluster of each sample, any ids.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there are no samples.</exception>
    public static Contingency Of(ReadOnlySpan<long> classes, ReadOnlySpan<long> clusters)
    {
        if (classes.Length != clusters.Length || classes.IsEmpty)
            throw new ArgumentException($"{clusters.Length} clusters for {classes.Length} classes; every sample needs both, and there must be one");
        var (rows, columns) = (Distinct(classes), Distinct(clusters));
        var table = new Contingency(rows, columns) { Samples = classes.Length };
        for (var k = 0; k < classes.Length; k++)
            table._counts[(Array.BinarySearch(rows, classes[k]) * columns.Length) + Array.BinarySearch(columns, clusters[k])]++;
        return table;
    }

    /// <summary>Samples of each class.</summary>
    public long[] RowSums()
    {
        var sums = new long[Classes.Count];
        for (var k = 0; k < _counts.Length; k++)
            sums[k / Clusters.Count] += _counts[k];
        return sums;
    }

    /// <summary>Samples of each cluster.</summary>
    public long[] ColumnSums()
    {
        var sums = new long[Clusters.Count];
        for (var k = 0; k < _counts.Length; k++)
            sums[k % sums.Length] += _counts[k];
        return sums;
    }

    private static long[] Distinct(ReadOnlySpan<long> ids)
    {
        var all = ids.ToArray();
        Array.Sort(all);
        var count = 0;
        for (var k = 0; k < all.Length; k++)
        {
            if (k == 0 || all[k] != all[k - 1])
                all[count++] = all[k];
        }

        return all[..count];
    }
}
