using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

/// <summary>What an evaluation costs when the data doubles: counted, not timed.</summary>
public sealed class GrowthTests
{
    private const int Width = 16;

    [Fact]
    public void Similarities_grow_with_the_product_of_bank_and_queries_and_their_pieces_do_not_grow()
    {
        using var scope = Scope.Enter();
        var (one, queries) = Visit(bank: 500, queries: 300);
        Assert.Equal((500 * 300, 300), (one, queries));
        Assert.Equal(2 * one, Visit(bank: 1000, queries: 300).Similarities);
        Assert.Equal(4 * one, Visit(bank: 1000, queries: 600).Similarities);

        // A piece's temporary never exceeds 64 MiB of float32, however long the bank.
        foreach (var rows in new long[] { 1000, 100_000, 10_000_000 })
            Assert.InRange(FeatureMatrix.RowsFor(rows) * rows, 1, FeatureMatrix.PieceElements);
        Assert.Equal(1, FeatureMatrix.RowsFor(1L << 40));
    }

    [Fact]
    public void Neighbours_keep_memory_of_the_queries_and_none_of_the_bank()
    {
        using var scope = Scope.Enter();
        _ = Allocated(bank: 500, queries: 200);   // compiled, caches filled
        var small = Allocated(bank: 4000, queries: 2000);
        Assert.InRange(Allocated(bank: 4000, queries: 4000) / (double)small, 1.8, 2.2);
        // The norms of the bank's rows are all that is kept of it: 4 bytes a row.
        Assert.InRange(Allocated(bank: 8000, queries: 2000) - small, 0, 8L * 4000);
    }

    [Fact]
    public void Votes_grow_with_the_queries_alone()
    {
        using var scope = Scope.Enter();
        var test = Samples.Clusters(400, Width, 4, 0.5, 2);
        _ = Votes(500, test);
        var small = Votes(4000, test);
        Assert.InRange(Votes(8000, test) - small, 0, 8L * 4000 * 2);
        Assert.InRange(Votes(4000, Samples.Clusters(800, Width, 4, 0.5, 2)) / (double)small, 1.2, 2.2);
    }

    [Fact]
    public void Edit_distance_keeps_one_row()
    {
        int[] Long(int length) => [.. Enumerable.Range(0, length)];
        _ = ErrorRate.Distance(Long(10), Long(10));
        var (first, second) = (Long(1000), Long(2000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1000, ErrorRate.Distance(second, first));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 4 * 1000, (4 * 1000) + 512);
    }

    [Fact]
    public void Rank_costs_the_smaller_side_however_many_samples_there_are()
    {
        using var scope = Scope.Enter();
        // The Gram matrix has the smaller side; its eigenvalues are all that reaches managed memory.
        _ = Ranked(64, Width);
        Assert.InRange(Ranked(4000, Width) - Ranked(2000, Width), -256, 256);
        Assert.InRange(Ranked(Width, 4000) - Ranked(Width, 2000), -256, 256);
    }

    private static (long Similarities, long Queries) Visit(int bank, int queries)
    {
        var (similarities, count) = (0L, 0L);
        SimilarityRows.Visit(Samples.Noise(bank, Width, 1), Samples.Noise(queries, Width, 2), Similarity.Cosine, (_, row) => (similarities, count) = (similarities + row.Length, count + 1), default);
        return (similarities, count);
    }

    private static long Allocated(int bank, int queries)
    {
        var (one, other) = (Samples.Noise(bank, Width, 1), Samples.Noise(queries, Width, 2));
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Neighbours.Find(one, other, 20);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Votes(int bank, LabelledFeatures test)
    {
        var train = Samples.Clusters(bank, Width, 4, 0.5, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = NearestNeighbours.Evaluate(train, test, 4, KnnProtocol.Dino);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Ranked(int rows, int width)
    {
        var features = Samples.Noise(rows, width, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = LabelFree.RankMe(features);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
