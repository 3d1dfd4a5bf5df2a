using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How much nearer samples are to their own cluster than to the next one (<c>clustering/silhouette-1</c>). Rousseeuw 1987. Euclidean, double precision.</summary>
public static class Silhouette
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "clustering/silhouette-1";

    /// <summary>Mean over samples of (b - a) / max(a, b): a the mean distance to the own cluster's others, b the smallest mean distance to another cluster.</summary>
    /// <param name="features">(N, D), any floating-point type.</param>
    /// <param name="clusters">N ids. A sample that is alone in its cluster counts 0.</param>
    /// <param name="cancellation">Stops between pieces of rows.</param>
    /// <returns>-1 to 1.</returns>
    /// <remarks>Time grows with N², memory with N times the number of clusters.</remarks>
    /// <exception cref="ShapeException">Ids and rows differ in number.</exception>
    /// <exception cref="ArgumentException">There are fewer than 2 clusters.</exception>
    public static double Score(Tensor features, ReadOnlySpan<long> clusters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        RetrievalTally.RequireIds(features, clusters, "clusters");
        var table = Contingency.Of(clusters, clusters);
        var (count, sizes) = (table.Classes.Count, table.RowSums());
        if (count < 2)
            throw new ArgumentException("there is one cluster only; silhouettes compare at least two");
        var places = new long[clusters.Length];
        for (var k = 0; k < places.Length; k++)
            places[k] = table.Classes is long[] ids ? Array.BinarySearch(ids, clusters[k]) : -1;

        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var points = features.To(Device.Cpu, DType.Float64);
        var member = Tensor.From<long>(places).OneHot(count).To(DType.Float64);
        var rows = points.Size(0);
        var step = FeatureMatrix.RowsFor(rows);
        var sum = 0.0;
        for (long start = 0; start < rows; start += step)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = Scope.Enter();
            var piece = points.Narrow(0, start, Math.Min(step, rows - start));
            var totals = Ops.Cdist(piece, points, 2.0, Distances.Direct).Matmul(member).ToArray<double>();
            for (var row = 0; row < totals.Length / count; row++)
                sum += One(totals.AsSpan(row * count, count), sizes, (int)places[start + row]);
        }

        return sum / rows;
    }

    private static double One(ReadOnlySpan<double> totals, long[] sizes, int own)
    {
        if (sizes[own] == 1)
            return 0;
        var (inside, outside) = (totals[own] / (sizes[own] - 1), double.PositiveInfinity);
        for (var k = 0; k < sizes.Length; k++)
        {
            if (k != own)
                outside = Math.Min(outside, totals[k] / sizes[k]);
        }

        var larger = Math.Max(inside, outside);
        return larger > 0 ? (outside - inside) / larger : 0;
    }
}
