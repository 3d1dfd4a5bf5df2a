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
    /// <summary>For each k, the mean over queries of the share of its right answers that are among the first k; null where it was not counted.</summary>
    public IReadOnlyList<double>? TrueRecall { get; init; }

    /// <summary>Recall at one of the <see cref="Cutoffs"/>.</summary>
    /// <exception cref="ArgumentException">It is not among them.</exception>
    public double At(int k) => Recall[Place(k)];

    /// <summary>Chance level at one of the <see cref="Cutoffs"/>.</summary>
    /// <exception cref="ArgumentException">It is not among them.</exception>
    public double ChanceAt(int k) => Chance[Place(k)];

    /// <summary>Share of right answers found at one of the <see cref="Cutoffs"/>.</summary>
    /// <exception cref="ArgumentException">It is not among them, or right answers were not counted.</exception>
    public double TrueRecallAt(int k) => (TrueRecall ?? throw new ArgumentException("not every right answer was counted"))[Place(k)];

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
    private readonly double[] _found = new double[cutoffs.Length];
    private readonly List<float> _targets = [];
    private int _skipped;

    /// <summary>Count every right answer, not only the best one.</summary>
    internal bool CountsAll { get; init; }

    /// <summary>Ranks the best of a query's right answers. A wrong candidate that ties with it counts as before it.</summary>
    /// <param name="similarities">To every bank row.</param>
    /// <param name="groups">Group of every bank row.</param>
    /// <param name="group">The query's group.</param>
    /// <param name="excludedViews">View of every bank row; empty to exclude none.</param>
    /// <param name="view">Rows of this view are no candidates.</param>
    internal void Add(ReadOnlySpan<float> similarities, ReadOnlySpan<long> groups, long group, ReadOnlySpan<long> excludedViews = default, long view = 0)
    {
        int targets = 0, candidates = 0;
        _targets.Clear();
        var best = float.NegativeInfinity;
        for (var k = 0; k < similarities.Length; k++)
        {
            if (!excludedViews.IsEmpty && excludedViews[k] == view)
                continue;
            candidates++;
            if (groups[k] != group)
                continue;
            targets++;
            if (CountsAll)
                _targets.Add(similarities[k]);
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
        if (CountsAll)
            CountAll(similarities, groups, group, excludedViews, view);
    }

    // Wrong candidates ahead of each right one, by one search in the sorted right ones for each candidate.
    private void CountAll(ReadOnlySpan<float> similarities, ReadOnlySpan<long> groups, long group, ReadOnlySpan<long> excludedViews, long view)
    {
        _targets.Sort(static (a, b) => b.CompareTo(a));
        Span<int> ahead = _targets.Count < 256 ? stackalloc int[_targets.Count] : new int[_targets.Count];
        ahead.Clear();
        for (var k = 0; k < similarities.Length; k++)
        {
            if (groups[k] == group || (!excludedViews.IsEmpty && excludedViews[k] == view))
                continue;
            var (low, high) = (0, _targets.Count);   // the first right answer that this candidate is not behind
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = _targets[middle] > similarities[k] ? (middle + 1, high) : (low, middle);
            }

            if (low < ahead.Length)
                ahead[low]++;
        }

        var wrong = 0;
        for (var t = 0; t < ahead.Length; t++)
        {
            wrong += ahead[t];
            for (var k = 0; k < cutoffs.Length; k++)
                _found[k] += wrong + t < cutoffs[k] ? 1.0 / ahead.Length : 0;
        }
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
        return new(cutoffs, recall, chance, median, _ranks.Count, _skipped)
        {
            TrueRecall = CountsAll ? Array.ConvertAll(_found, sum => sum / _ranks.Count) : null,
        };
    }

    internal static void RequireIds(Tensor features, ReadOnlySpan<long> ids, string name)
    {
        FeatureMatrix.Require(features, "features");
        if (features.Size(0) != ids.Length)
            throw new ShapeException($"{ids.Length} {name} for {features.Size(0)} rows of features; every row needs one.");
    }
}
