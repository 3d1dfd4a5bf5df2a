using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How alike two feature vectors are.</summary>
public enum Similarity
{
    /// <summary>Cosine of the angle between them, -1 to 1.</summary>
    Cosine,

    /// <summary>1 / (Euclidean distance + 1e-5).</summary>
    InverseDistance,
}

/// <summary>Takes one query's similarities to every row of the bank. The span is valid during the call only.</summary>
internal delegate void SimilarityVisitor(int query, ReadOnlySpan<float> similarities);

/// <summary>Similarities of queries to a bank, a bounded number of queries at a time.</summary>
internal static class SimilarityRows
{
    private const double SmallestNorm = 1e-12;

    /// <summary>Visits every query in order.</summary>
    /// <remarks>
    /// Nothing of the bank's size is copied when it is float32: cosines are dot products of the raw rows, scaled afterwards.
    /// For <see cref="Similarity.InverseDistance"/> the visitor gets minus the squared distance, from |q|^2 + |b|^2 - 2 q.b.
    /// That is right for ordering, up to cancellation; refine the distances of the few rows that matter.
    /// </remarks>
    internal static void Visit(Tensor bank, Tensor queries, Similarity similarity, SimilarityVisitor visit, CancellationToken cancellation)
    {
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var wide = bank.To(DType.Float32);
        var bankNorms = FeatureMatrix.Norms(wide, "the bank");
        var transposed = wide.T();
        var count = queries.Size(0);
        var step = FeatureMatrix.RowsFor(bank.Size(0));
        for (long start = 0; start < count; start += step)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = Scope.Enter();
            var piece = queries.Narrow(0, start, Math.Min(step, count - start)).To(DType.Float32);
            var norms = FeatureMatrix.Norms(piece, $"the queries from row {start} on").Unsqueeze(1);
            var products = piece.Matmul(transposed);
            if (similarity == Similarity.Cosine)
                products.DivInPlace(norms.ClampMin(SmallestNorm)).DivInPlace(bankNorms.ClampMin(SmallestNorm));
            else
                products.MulInPlace((Scalar)2.0).SubInPlace(norms.Square()).SubInPlace(bankNorms.Square());
            var rows = products.To(Device.Cpu, DType.Float32).Span<float>();
            var width = (int)bank.Size(0);
            for (var row = 0; row < rows.Length / width; row++)
                visit((int)start + row, rows.Slice(row * width, width));
        }
    }
}
