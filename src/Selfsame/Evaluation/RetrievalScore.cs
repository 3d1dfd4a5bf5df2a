using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How often a right answer is among the first k candidates, beside what a random order would give.</summary>
/// <param name="Cutoffs">The values of k, ascending.</param>
/// <param name="Recall">For each k, the share of queries with a right answer among the first k candidates.</param>
/// <param name="Chance">For each k, the expected share under a random order of the same candidates.</param>
/// <param name="MedianRank">Median over queries of the place of the best right answer, 1 for the first.</param>
/// <param name="Queries">Queries that have a right answer among their candidates.</param>
/// <param name="Skipped">Queries left out because they have none.</param>
public sealed record RetrievalScore(IReadOnlyList<int> Cutoffs, IReadOnlyList<double> Recall, IReadOnlyList<double> Chance, double MedianRank, int Queries, int Skipped)
{
    /// <summary>Recall at one of the <see cref="Cutoffs"/>.</summary>
    /// <exception cref="ArgumentException">It is not among them.</exception>
    public double At(int k) => Recall[Place(k)];

    /// <summary>Chance level at one of the <see cref="Cutoffs"/>.</summary>
    /// <exception cref="ArgumentException">It is not among them.</exception>
    public double ChanceAt(int k) => Chance[Place(k)];

    private int Place(int k)
    {
        for (var place = 0; place < Cutoffs.Count; place++)
        {
            if (Cutoffs[place] == k)
                return place;
        }

        throw new ArgumentException($"recall at {k} was not measured; there is {string.Join(", ", Cutoffs)}");
    }
}

/// <summary>Collects the ranks of best right answers.</summary>
internal sealed class RetrievalTally(int[] cutoffs)
{
    private readonly List<int> _ranks = [];
    private readonly double[] _chance = new double[cutoffs.Length];
    private int _skipped;

    /// <summary>Ranks the best of a query's right answers. A wrong candidate that ties with it counts as before it.</summary>
    /// <param name="similarities">To every bank row.</param>
    /// <param name="groups">Group of every bank row.</param>
    /// <param name="group">The query's group.</param>
    /// <param name="excludedViews">View of every bank row; empty to exclude none.</param>
    /// <param name="view">Rows of this view are no candidates.</param>
    internal void Add(ReadOnlySpan<float> similarities, ReadOnlySpan<long> groups, long group, ReadOnlySpan<long> excludedViews = default, long view = 0)
    {
        int targets = 0, candidates = 0;
        var best = float.NegativeInfinity;
        for (var k = 0; k < similarities.Length; k++)
        {
            if (!excludedViews.IsEmpty && excludedViews[k] == view)
                continue;
            candidates++;
            if (groups[k] != group)
                continue;
            targets++;
            best = Math.Max(best, similarities[k]);
        }

        if (targets == 0)
        {
            _skipped++;
            return;
        }

        var ahead = 0;
        for (var k = 0; k < similarities.Length; k++)
        {
            if (similarities[k] >= best && groups[k] != group && (excludedViews.IsEmpty || excludedViews[k] != view))
                ahead++;
        }

        _ranks.Add(ahead + 1);
        for (var k = 0; k < cutoffs.Length; k++)
            _chance[k] += Metrics.ChanceRecall(targets, candidates, cutoffs[k]);
    }

    /// <exception cref="ArgumentException">No query had a right answer.</exception>
    internal RetrievalScore Score(string what)
    {
        if (_ranks.Count == 0)
            throw new ArgumentException($"{what}: no query shares its group with a candidate, so there is nothing to find; check the group ids");
        _ranks.Sort();
        var recall = Array.ConvertAll(cutoffs, k => (double)(_ranks.FindLastIndex(rank => rank <= k) + 1) / _ranks.Count);
        var chance = Array.ConvertAll(_chance, sum => sum / _ranks.Count);
        var median = (_ranks[(_ranks.Count - 1) / 2] + _ranks[_ranks.Count / 2]) / 2.0;
        return new(cutoffs, recall, chance, median, _ranks.Count, _skipped);
    }

    internal static void RequireIds(Tensor features, ReadOnlySpan<long> ids, string name)
    {
        FeatureMatrix.Require(features, "features");
        if (features.Size(0) != ids.Length)
            throw new ShapeException($"{ids.Length} {name} for {features.Size(0)} rows of features; every row needs one.");
    }
}
