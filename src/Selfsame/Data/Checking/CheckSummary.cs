namespace Selfsame.Data.Checking;

/// <summary>Counts and distributions over the samples of a check; everything but duplicates.</summary>
/// <param name="data">Names, parts, metadata.</param>
/// <param name="facts">Of every sample.</param>
internal sealed class CheckSummary(DataSet data, SampleFacts[] facts)
{
    // A column with more values than this, or less than four samples a value, tells samples apart rather than sorts them.
    private const int MostClasses = 2000, LeastSamplesOfClass = 4, ClassesShown = 30;

    /// <summary>The report, without what is known of duplicates.</summary>
    public DataCheckReport Report()
    {
        var usable = Enumerable.Range(0, facts.Length).Where(i => facts[i].Usable).ToArray();
        var seconds = usable.Where(i => facts[i].Seconds > 0).Select(i => facts[i].Seconds).ToArray();
        var broken = new List<SampleNote>();
        foreach (var (path, reason) in data.Problems)
            broken.Add(new(path, reason));
        for (var i = 0; i < facts.Length; i++)
            if (facts[i].Problem is { } problem)
                broken.Add(new(data.Key(i), problem));
        return new()
        {
            Source = data.Name,
            Samples = data.Count,
            Excluded = data.Excluded,
            Groups = data.GroupCount,
            GroupsAcrossParts = GroupsAcrossParts(),
            Parts = new(Count(DataSplit.Train), Count(DataSplit.Validation), Count(DataSplit.Test)),
            Formats = Tally(usable, i => facts[i].Format),
            Modes = Tally(usable, i => facts[i].Mode),
            WithAlpha = usable.Count(i => facts[i].Alpha),
            Transparent = usable.Count(i => facts[i].Transparent),
            Animated = usable.Count(i => facts[i].Frames > 1),
            Seconds = Spread(seconds),
            FileBytes = Spread([.. usable.Select(i => (double)facts[i].Bytes)]),
            Sizes = Sizes([.. usable.Where(i => facts[i].Width > 0)]),
            Channels = Channels(usable),
            Labels = [.. data.Columns.Select(Balance).OfType<ClassBalance>()],
            Broken = broken,
            Empty = [.. usable.Where(i => facts[i].Empty is not null).Select(i => new SampleNote(data.Key(i), facts[i].Empty!))],
            NearBy = "",
            NearThreshold = 0,
            Duplicates = [],
            ExactCopies = 0,
            NearCopies = 0,
            Leaks = [],
            Comparisons = 0,
            DecodedPerSecondPerCore = 0,
            Advice = [],
        };
    }

    /// <summary>Five numbers of a distribution; null of none. Quantiles are values that occur.</summary>
    internal static Spread? Spread(double[] values)
    {
        if (values.Length == 0)
            return null;
        Array.Sort(values);
        return new(values[0], At(0.05), At(0.5), At(0.95), values[^1]);

        double At(double share) => values[Math.Max(0, (int)Math.Ceiling(share * values.Length) - 1)];
    }

    /// <summary>Balance of classes by their sizes; shared with nothing, so that a test can give it numbers.</summary>
    internal static (double MajorityShare, double EntropyBits, double Evenness) Balance(ReadOnlySpan<int> counts)
    {
        long total = 0;
        var most = 0;
        foreach (var count in counts)
        {
            total += count;
            most = Math.Max(most, count);
        }
        var entropy = 0.0;
        foreach (var count in counts)
            if (count > 0)
                entropy -= (double)count / total * Math.Log2((double)count / total);
        return ((double)most / total, entropy, counts.Length > 1 ? entropy / Math.Log2(counts.Length) : 1);
    }

    private int Count(DataSplit split)
    {
        var count = 0;
        for (var i = 0; i < data.Count; i++)
            if (data.SplitOf(i) == split)
                count++;
        return count;
    }

    private int GroupsAcrossParts()
    {
        var parts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < data.Count; i++)
        {
            var group = data.Group(i);
            parts[group] = parts.GetValueOrDefault(group) | 1 << (int)data.SplitOf(i);
        }
        return parts.Values.Count(mask => (mask & (mask - 1)) != 0);
    }

    private static NamedCount[] Tally(int[] samples, Func<int, string?> value) =>
    [
        .. samples.Select(value).OfType<string>().GroupBy(name => name, StringComparer.Ordinal).Select(group => new NamedCount(group.Key, group.Count()))
            .OrderByDescending(count => count.Count).ThenBy(count => count.Name, StringComparer.Ordinal),
    ];

    private SizeSummary? Sizes(int[] samples)
    {
        if (samples.Length == 0)
            return null;
        var (smallest, largest) = (samples[0], samples[0]);
        foreach (var i in samples)
        {
            if (Area(i) < Area(smallest))
                smallest = i;
            if (Area(i) > Area(largest))
                largest = i;
        }
        return new(Spread([.. samples.Select(i => (double)facts[i].Width)])!, Spread([.. samples.Select(i => (double)facts[i].Height)])!,
            data.Key(smallest), data.Key(largest), Octaves(samples));

        long Area(int i) => (long)facts[i].Width * facts[i].Height;
    }

    // 32-63, 64-127 …; octaves without a sample between others are kept, so that gaps show.
    private NamedCount[] Octaves(int[] samples)
    {
        var counts = new int[32];
        foreach (var i in samples)
            counts[System.Numerics.BitOperations.Log2((uint)Math.Max(facts[i].Width, facts[i].Height))]++;
        var (first, last) = (Array.FindIndex(counts, count => count > 0), Array.FindLastIndex(counts, count => count > 0));
        var octaves = new NamedCount[last - first + 1];
        for (var o = first; o <= last; o++)
            octaves[o - first] = new(FormattableString.Invariant($"{1L << o}–{(2L << o) - 1}"), counts[o]);
        return octaves;
    }

    private ChannelSummary[] Channels(int[] samples)
    {
        if (samples.Length == 0)
            return [];
        Span<double> sums = stackalloc double[6];
        foreach (var i in samples)
        {
            var m = facts[i].Moments;
            sums[0] += m.Red;
            sums[1] += m.Green;
            sums[2] += m.Blue;
            sums[3] += m.RedSquare;
            sums[4] += m.GreenSquare;
            sums[5] += m.BlueSquare;
        }
        var channels = new ChannelSummary[3];
        for (var c = 0; c < 3; c++)
        {
            var mean = sums[c] / samples.Length;
            channels[c] = new(c switch { 0 => "red", 1 => "green", _ => "blue" }, Math.Round(mean, 5), Math.Round(Math.Sqrt(Math.Max(0, sums[3 + c] / samples.Length - mean * mean)), 5));
        }
        return channels;
    }

    private ClassBalance? Balance(string column)
    {
        var labels = data.Labels(column);
        var classes = labels.Names.Count;
        if (classes < 2 || classes > MostClasses || (long)classes * LeastSamplesOfClass > data.Count)
            return null;
        var counts = new int[classes];
        var parts = new int[classes];
        var unlabelled = 0;
        for (var i = 0; i < data.Count; i++)
        {
            if (labels[i] < 0)
            {
                unlabelled++;
                continue;
            }
            counts[labels[i]]++;
            parts[labels[i]] |= 1 << (int)data.SplitOf(i);
        }
        var (majority, entropy, evenness) = Balance(counts);
        var ordered = Enumerable.Range(0, classes).OrderByDescending(c => counts[c]).ThenBy(c => labels.Names[c], StringComparer.Ordinal)
            .Select(c => new NamedCount(labels.Names[c], counts[c])).ToArray();
        return new(column, classes, unlabelled, Math.Round(majority, 5), Math.Round(entropy, 4), Math.Round(evenness, 4),
            ordered[..Math.Min(ClassesShown, classes)], ordered[^1], parts.Count(mask => (mask & 1) == 0));
    }
}
