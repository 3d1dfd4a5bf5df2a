using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The nearest rows of a bank for each query, nearest first.</summary>
/// <remarks>Exact search. Of equally similar rows, the one with the lower index is nearer, so that the result does not depend on a sorting algorithm.</remarks>
public sealed class Neighbours
{
    // Distances from a matrix product are rounded; this many extra candidates are measured exactly before the best are kept.
    private const int Spare = 32;

    private readonly int[] _indices;
    private readonly float[] _similarities;

    private Neighbours(int queries, int k) => (Queries, K, _indices, _similarities) = (queries, k, new int[queries * k], new float[queries * k]);

    /// <summary>Number of queries.</summary>
    public int Queries { get; }

    /// <summary>Neighbours of each query.</summary>
    public int K { get; }

    /// <summary>Bank rows of a query's neighbours.</summary>
    public ReadOnlySpan<int> Indices(int query) => _indices.AsSpan(query * K, K);

    /// <summary>Similarities of a query's neighbours, descending.</summary>
    public ReadOnlySpan<float> Similarities(int query) => _similarities.AsSpan(query * K, K);

    /// <summary>Finds the <paramref name="k"/> rows of <paramref name="bank"/> that are most similar to each query.</summary>
    /// <param name="bank">(N, D), any floating-point type.</param>
    /// <param name="queries">(M, D).</param>
    /// <param name="k">1 to N.</param>
    /// <param name="similarity">What near means.</param>
    /// <param name="cancellation">Stops between pieces of queries.</param>
    /// <remarks>Temporary memory is about 64 MiB, whatever N, M and D.</remarks>
    /// <exception cref="ShapeException">The matrices do not fit together.</exception>
    /// <exception cref="ArgumentException">A row holds NaN or infinity.</exception>
    public static Neighbours Find(Tensor bank, Tensor queries, int k, Similarity similarity = Similarity.Cosine, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentNullException.ThrowIfNull(queries);
        FeatureMatrix.Require(bank, nameof(bank));
        FeatureMatrix.Require(queries, nameof(queries));
        if (bank.Size(1) != queries.Size(1))
            throw new ShapeException($"queries are {queries} and the bank is {bank}; both need the same number of columns.");
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, bank.Size(0));

        var exact = similarity == Similarity.Cosine;
        var found = new Neighbours((int)queries.Size(0), exact ? k : (int)Math.Min(bank.Size(0), k + Spare));
        SimilarityRows.Visit(bank, queries, similarity, found.Keep, cancellation);
        return exact ? found : found.Refine(bank, queries, k, cancellation);
    }

    /// <summary>Keeps the largest values in descending order; of equals, the first.</summary>
    internal static void SelectLargest(ReadOnlySpan<float> values, Span<int> indices, Span<float> largest)
    {
        var last = largest.Length - 1;
        var filled = 0;
        for (var k = 0; k < values.Length; k++)
        {
            var value = values[k];
            if (filled > last)
            {
                if (value <= largest[last])
                    continue;
            }
            else
            {
                filled++;
            }

            var place = filled - 1;
            for (; place > 0 && largest[place - 1] < value; place--)
            {
                largest[place] = largest[place - 1];
                indices[place] = indices[place - 1];
            }

            largest[place] = value;
            indices[place] = k;
        }
    }

    private void Keep(int query, ReadOnlySpan<float> similarities) =>
        SelectLargest(similarities, _indices.AsSpan(query * K, K), _similarities.AsSpan(query * K, K));

    private Neighbours Refine(Tensor bank, Tensor queries, int k, CancellationToken cancellation)
    {
        using var guard = GradMode.Off();
        var refined = new Neighbours(Queries, k);
        var width = bank.Size(1);
        var step = (int)Math.Min(Queries, FeatureMatrix.RowsFor(width * K));
        var rows = new long[step * K];
        var candidates = new float[K];
        var order = new int[K];
        for (var start = 0; start < Queries; start += step)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = Scope.Enter();
            var count = Math.Min(step, Queries - start);
            for (var query = 0; query < count; query++)
            {
                // Ascending bank rows make the first of equals the lower one again.
                var own = _indices.AsSpan((start + query) * K, K);
                own.Sort();
                for (var j = 0; j < K; j++)
                    rows[(query * K) + j] = own[j];
            }

            var index = Tensor.From<long>(rows.AsSpan(0, count * K)).To(bank.Device, DType.Int64);
            var near = bank.IndexSelect(0, index).To(DType.Float32).Reshape([count, K, width]);
            var asked = queries.Narrow(0, start, count).To(DType.Float32).Unsqueeze(1);
            var distances = Ops.Cdist(asked, near, 2.0, Distances.Direct).ToArray<float>();
            for (var query = 0; query < count; query++)
            {
                for (var j = 0; j < K; j++)
                    candidates[j] = 1 / (distances[(query * K) + j] + 1e-5f);
                var best = refined._indices.AsSpan((start + query) * k, k);
                SelectLargest(candidates, order.AsSpan(0, k), refined._similarities.AsSpan((start + query) * k, k));
                for (var j = 0; j < k; j++)
                    best[j] = (int)rows[(query * K) + order[j]];
            }
        }

        return refined;
    }
}
