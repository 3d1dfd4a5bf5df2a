namespace Selfsame.Data.Checking;

/// <summary>Copies found: which sample each belongs to, and what it took.</summary>
/// <param name="Clusters">Samples that hang together, at least two each, ascending; clusters by their first member.</param>
/// <param name="Comparisons">Boxes, points and pairs looked at.</param>
internal sealed record FoundCopies(IReadOnlyList<int[]> Clusters, long Comparisons);

/// <summary>Finds samples that show the same thing, without looking at every pair.</summary>
/// <param name="facts">Of every sample.</param>
/// <param name="likeness">What near means.</param>
internal sealed class DuplicateFinder(SampleFacts[] facts, ILikeness likeness)
{
    /// <summary>How two samples are related; null where they are not.</summary>
    public (string Kind, double Distance)? Relation(int a, int b)
    {
        if (facts[a].ByteHash == facts[b].ByteHash)
            return (DuplicateKinds.SameFile, 0);
        if (facts[a].ContentHash == facts[b].ContentHash)
            return (DuplicateKinds.SameContent, 0);
        return Comparable(a) && Comparable(b) && likeness.Near(a, b, out var distance) ? (DuplicateKinds.Near, distance) : null;
    }

    /// <summary>Finds all clusters.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="progress">Told how many samples were searched for.</param>
    /// <param name="cancel">Stops between samples.</param>
    public FoundCopies Find(int workers, Action<int, int> progress, CancellationToken cancel)
    {
        var sets = new UnionFind(facts.Length);
        var first = new Dictionary<UInt128, int>(facts.Length);
        var distinct = new List<int>(facts.Length);
        for (var i = 0; i < facts.Length; i++)
        {
            // What shows nothing is no copy of anything: it is reported on its own.
            if (!facts[i].Usable || facts[i].Empty is not null)
                continue;
            if (first.TryGetValue(facts[i].ContentHash, out var same))
            {
                sets.Join(same, i);
                continue;
            }
            first.Add(facts[i].ContentHash, i);
            if (Comparable(i))
                distinct.Add(i);
        }
        var comparisons = JoinNear(distinct, sets, workers, progress, cancel);
        return new(Clusters(sets), comparisons);
    }

    private bool Comparable(int sample) => facts[sample] is { Usable: true, Empty: null } && likeness.Has(sample);

    private long JoinNear(List<int> samples, UnionFind sets, int workers, Action<int, int> progress, CancellationToken cancel)
    {
        var width = likeness.Dimensions;
        var points = new float[checked(samples.Count * width)];
        for (var p = 0; p < samples.Count; p++)
            likeness.Coordinates(samples[p], points.AsSpan(p * width, width));
        var tree = new ProximityTree(points, width);
        long comparisons = 0;
        var done = 0;
        var joining = new Lock();
        Parallel.For(0, samples.Count, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancel }, () => (Found: new List<int>(), Looked: 0L), (p, _, state) =>
        {
            state.Found.Clear();
            var looked = state.Looked + tree.Find(points.AsSpan(p * width, width), state.Found);
            foreach (var other in state.Found)
            {
                if (other <= p) // the pair was, or will be, met from its other side
                    continue;
                looked++;
                if (likeness.Near(samples[p], samples[other], out double _))
                    lock (joining)
                        sets.Join(samples[p], samples[other]);
            }
            progress(Interlocked.Increment(ref done), samples.Count);
            return (state.Found, looked);
        }, state => Interlocked.Add(ref comparisons, state.Looked));
        return comparisons;
    }

    private List<int[]> Clusters(UnionFind sets)
    {
        var members = new SortedDictionary<int, List<int>>();
        for (var i = 0; i < facts.Length; i++)
        {
            var root = sets.Root(i);
            if (root == i)
                continue;
            if (!members.TryGetValue(root, out var list))
                members.Add(root, list = [root]); // the least member comes first by itself
            list.Add(i);
        }
        return [.. members.Values.Select(list => list.ToArray())];
    }
}
