using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Retrieval between two modalities, both ways.</summary>
/// <param name="FirstToSecond">Queries from the first, candidates from the second.</param>
/// <param name="SecondToFirst">The other way.</param>
public sealed record PairRetrievalScore(RetrievalScore FirstToSecond, RetrievalScore SecondToFirst);

/// <summary>Finds captions for pictures and pictures for captions, or any other pair of modalities (<c>retrieval/pair-1</c>).</summary>
/// <remarks>
/// Cosine similarity; a query is answered when any row of its group is among the first k, as in CLIP's evaluation with five captions
/// a picture (Radford et al. 2021, https://arxiv.org/abs/2103.00020). A wrong candidate that ties with the right one counts as before it.
/// </remarks>
public static class PairRetrieval
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "retrieval/pair-1";

    /// <summary>Name and version of the protocol that asks with <see cref="Wholes"/>.</summary>
    public const string WholesProtocol = "retrieval/wholes-1";

    private const double SmallestNorm = 1e-12;

    private static readonly int[] Cutoffs = [1, 5, 10];

    /// <summary>Asks with every row of both, at 1, 5 and 10.</summary>
    /// <inheritdoc cref="Evaluate(Tensor, ReadOnlySpan{long}, Tensor, ReadOnlySpan{long}, ReadOnlySpan{int}, CancellationToken)"/>
    public static PairRetrievalScore Evaluate(
        Tensor first, ReadOnlySpan<long> firstGroups, Tensor second, ReadOnlySpan<long> secondGroups, CancellationToken cancellation = default) =>
        Evaluate(first, firstGroups, second, secondGroups, Cutoffs, cancellation);

    /// <summary>Asks with every row of both.</summary>
    /// <param name="first">(N, D) features of one modality.</param>
    /// <param name="firstGroups">N ids; rows with the same id belong together.</param>
    /// <param name="second">(M, D) features of the other, in the same space.</param>
    /// <param name="secondGroups">M ids.</param>
    /// <param name="cutoffs">Values of k, ascending, each at least 1.</param>
    /// <param name="cancellation">Stops between pieces of queries.</param>
    /// <returns>Recall at each cut-off both ways.</returns>
    /// <exception cref="ShapeException">Ids and rows differ in number, or the features in width.</exception>
    /// <exception cref="ArgumentException">No id occurs on both sides, or features hold NaN.</exception>
    public static PairRetrievalScore Evaluate(
        Tensor first, ReadOnlySpan<long> firstGroups, Tensor second, ReadOnlySpan<long> secondGroups, ReadOnlySpan<int> cutoffs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        RetrievalTally.RequireIds(first, firstGroups, "groups");
        RetrievalTally.RequireIds(second, secondGroups, "groups");
        if (first.Size(1) != second.Size(1))
            throw new ShapeException($"features are {first} and {second}; both modalities must be projected to the same width.");
        var (one, other) = (firstGroups.ToArray(), secondGroups.ToArray());
        int[] ks = [.. cutoffs];
        return new(OneWay(first, one, second, other, ks, cancellation), OneWay(second, other, first, one, ks, cancellation));
    }

    /// <summary>One vector for each group: the mean of its rows, each at length 1. A thing that was drawn or said several times is asked for once, with all that is known of it.</summary>
    /// <param name="features">(N, D), floating-point.</param>
    /// <param name="groups">N ids.</param>
    /// <returns>(G, D), float32, and the G ids in the order they first occur.</returns>
    /// <exception cref="ShapeException">Ids and rows differ in number.</exception>
    /// <exception cref="ArgumentException">Features hold NaN or infinity.</exception>
    public static (Tensor Features, long[] Groups) Wholes(Tensor features, ReadOnlySpan<long> groups)
    {
        ArgumentNullException.ThrowIfNull(features);
        RetrievalTally.RequireIds(features, groups, "groups");
        using var scope = Scope.Enter();
        var places = new Dictionary<long, long>();
        var rows = new long[groups.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            places.TryAdd(groups[row], places.Count);
            rows[row] = places[groups[row]];
        }

        var place = Tensor.From<long>(rows);
        var wide = features.To(Device.Cpu, DType.Float32);
        var unit = wide / FeatureMatrix.Norms(wide, "features").ClampMin(SmallestNorm).Unsqueeze(1);
        var sums = Ops.Zeros([places.Count, wide.Size(1)]).IndexAddInPlace(0, place, unit);
        var counts = Ops.Zeros([places.Count]).IndexAddInPlace(0, place, Ops.Ones([rows.Length]));
        return (scope.MoveOut(sums / counts.Unsqueeze(1)), [.. places.Keys]);
    }

    private static RetrievalScore OneWay(Tensor queries, long[] asked, Tensor bank, long[] groups, int[] cutoffs, CancellationToken cancellation)
    {
        var tally = new RetrievalTally(cutoffs) { CountsAll = true };
        SimilarityRows.Visit(bank, queries, Similarity.Cosine, (query, similarities) => tally.Add(similarities, groups, asked[query]), cancellation);
        return tally.Score("pair retrieval");
    }
}
