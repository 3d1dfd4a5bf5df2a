using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Is the nearest picture in another style a picture of the same thing? (<c>retrieval/cross-view-1</c>)</summary>
/// <remarks>
/// Groups are things (one emoji), views are ways to show them (vendors). A query's candidates are all rows of other views,
/// so that a shared style is no help. Cosine similarity. A wrong candidate that ties with the right one counts as before it:
/// features that are the same for all score 0, not 1.
/// </remarks>
public static class CrossViewRetrieval
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "retrieval/cross-view-1";

    private static readonly int[] Cutoffs = [1, 5];

    /// <summary>Asks with every row.</summary>
    /// <param name="features">(N, D), any floating-point type.</param>
    /// <param name="groups">N ids of what each row shows.</param>
    /// <param name="views">N ids of how it is shown.</param>
    /// <param name="cancellation">Stops between pieces of queries.</param>
    /// <returns>Recall at 1 and 5.</returns>
    /// <exception cref="ShapeException">Ids and rows differ in number.</exception>
    /// <exception cref="ArgumentException">No group has two views, or features hold NaN.</exception>
    public static RetrievalScore Evaluate(Tensor features, ReadOnlySpan<long> groups, ReadOnlySpan<long> views, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        RetrievalTally.RequireIds(features, groups, "groups");
        RetrievalTally.RequireIds(features, views, "views");
        var (groupOf, viewOf) = (groups.ToArray(), views.ToArray());
        var tally = new RetrievalTally(Cutoffs);
        SimilarityRows.Visit(features, features, Similarity.Cosine, (query, similarities) => tally.Add(similarities, groupOf, groupOf[query], viewOf, viewOf[query]), cancellation);
        return tally.Score("cross-view retrieval");
    }
}
