using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Ranks of one-to-one partners, one way.</summary>
/// <param name="Ranks">Candidates ahead of each query's partner: 0 is best. Of equals, the lower index is ahead.</param>
public sealed record PairedRanks(IReadOnlyList<int> Ranks)
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "retrieval/paired-1";

    /// <summary>Mean place, from 1.</summary>
    public double MeanRank => Ranks.Average() + 1;

    /// <summary>Median place, from 1; between two places the lower one, as in open_clip.</summary>
    public double MedianRank
    {
        get
        {
            var sorted = Ranks.Order().ToArray();
            return Math.Floor((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0) + 1;
        }
    }

    /// <summary>Share of queries whose partner is among the first <paramref name="k"/>.</summary>
    public double RecallAt(int k) => (double)Ranks.Count(rank => rank < k) / Ranks.Count;

    /// <summary>Ranks row n of the candidates for query n by cosine similarity: one-to-one retrieval as in open_clip (<c>retrieval/paired-1</c>).</summary>
    /// <param name="queries">(N, D).</param>
    /// <param name="candidates">(N, D), the partner of each query in the same row.</param>
    /// <param name="cancellation">Stops between pieces of queries.</param>
    /// <remarks>A positive logit scale changes no rank, so there is none.</remarks>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static PairedRanks Of(Tensor queries, Tensor candidates, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(candidates);
        FeatureMatrix.Require(queries, nameof(queries));
        if (!queries.Shape.AsSpan().SequenceEqual(candidates.Shape))
            throw new ShapeException($"queries are {queries} and candidates {candidates}; partners stand in the same row of both.");
        var ranks = new int[queries.Size(0)];
        SimilarityRows.Visit(candidates, queries, Similarity.Cosine, (query, similarities) =>
        {
            var own = similarities[query];
            for (var k = 0; k < similarities.Length; k++)
                ranks[query] += similarities[k] > own || (similarities[k] == own && k < query) ? 1 : 0;
        }, cancellation);
        return new(ranks);
    }
}
