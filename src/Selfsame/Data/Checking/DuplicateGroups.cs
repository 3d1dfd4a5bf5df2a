namespace Selfsame.Data.Checking;

/// <summary>Decides in each cluster which samples stay and which are copies of one that stays, and names copies across parts.</summary>
/// <param name="data">Names and parts.</param>
/// <param name="facts">Of every sample.</param>
/// <param name="finder">Knows how samples are related.</param>
internal sealed class DuplicateGroups(DataSet data, SampleFacts[] facts, DuplicateFinder finder)
{
    /// <summary>
    /// One group a cluster. The sample to stay is chosen by part (test before validation before train: what is measured on stays), then size, then
    /// name. A copy is always directly like the one it gives way to, so a chain of gradual changes is not swept away with its first link.
    /// </summary>
    public DuplicateGroup Group(int[] cluster)
    {
        var order = (int[])cluster.Clone();
        Array.Sort(order, Compare);
        var members = new List<DuplicateMember>(order.Length);
        var settled = new bool[order.Length];
        for (var k = 0; k < order.Length; k++)
        {
            if (settled[k])
                continue;
            members.Add(Member(order[k], null, null, 0));
            for (var c = k + 1; c < order.Length; c++)
            {
                if (settled[c] || finder.Relation(order[k], order[c]) is not var (kind, distance))
                    continue;
                settled[c] = true;
                members.Add(Member(order[c], order[k], kind, distance));
            }
        }
        return new DuplicateGroup(members);
    }

    /// <summary>For every sample of a cluster that has copies in a part held out from its own: the nearest of them.</summary>
    public IEnumerable<Leak> Leaks(int[] cluster)
    {
        var mixed = false;
        foreach (var sample in cluster)
            mixed |= data.SplitOf(sample) != data.SplitOf(cluster[0]);
        if (!mixed)
            yield break;
        foreach (var sample in cluster)
        {
            (int Other, string Kind, double Distance)? nearest = null;
            foreach (var other in cluster)
            {
                if (data.SplitOf(other) <= data.SplitOf(sample) || finder.Relation(sample, other) is not var (kind, distance))
                    continue;
                if (nearest is not { } best || distance < best.Distance)
                    nearest = (other, kind, distance);
            }
            if (nearest is { } found)
                yield return new Leak(data.Key(sample), Name(data.SplitOf(sample)), data.Key(found.Other), Name(data.SplitOf(found.Other)), found.Kind, Math.Round(found.Distance, 4));
        }
    }

    /// <summary>A part as reports call it.</summary>
    public static string Name(DataSplit split) => split switch
    {
        DataSplit.Train => "train",
        DataSplit.Validation => "validation",
        _ => "test",
    };

    private DuplicateMember Member(int sample, int? kept, string? kind, double distance) => new(
        data.Key(sample), Name(data.SplitOf(sample)), facts[sample].Width, facts[sample].Height, facts[sample].Bytes, kept is { } stays ? data.Key(stays) : null, kind, Math.Round(distance, 4));

    private int Compare(int a, int b)
    {
        var bySplit = data.SplitOf(b).CompareTo(data.SplitOf(a));
        if (bySplit != 0)
            return bySplit;
        var bySize = ((long)facts[b].Width * facts[b].Height).CompareTo((long)facts[a].Width * facts[a].Height);
        return bySize != 0 ? bySize : string.CompareOrdinal(data.Key(a), data.Key(b));
    }
}
