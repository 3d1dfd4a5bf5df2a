namespace Selfsame.Torch;

/// <summary>Stretches of an arena that are trained alike, in the form in which the native steps take them.</summary>
/// <remarks>Segment k covers the numbers from <c>Bounds[k]</c> to <c>Bounds[k + 1]</c>, the gaps behind its parameters included.</remarks>
internal sealed class Segments
{
    /// <summary>Tells the native steps to leave a segment alone.</summary>
    internal const double FrozenScale = -1;

    private Segments(long[] bounds, double[] rateScales, double[] decays, bool[] adapts) =>
        (Bounds, RateScales, Decays, Adapts, Rates) = (bounds, rateScales, decays, adapts, new double[rateScales.Length]);

    internal long[] Bounds { get; }

    /// <summary>Factors on the rate; negative where frozen.</summary>
    internal double[] RateScales { get; }

    internal double[] Decays { get; }

    /// <summary>Whether a ratio of norms scales the step; only with one segment a parameter.</summary>
    internal bool[] Adapts { get; }

    /// <summary>Room for the rates of one step, reused.</summary>
    internal double[] Rates { get; }

    internal int Count => RateScales.Length;

    internal bool IsFrozen(int segment) => RateScales[segment] < 0;

    /// <summary>Merges neighbours that are trained alike.</summary>
    internal static Segments Merge(ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
    {
        var starts = new List<int>();
        for (var k = 0; k < groups.Count; k++)
        {
            if (k == 0 || !Alike(groups[k], groups[k - 1]))
                starts.Add(k);
        }

        return Build(arena, groups, starts, null);
    }

    /// <summary>One segment a parameter, for steps that depend on the norm of each.</summary>
    /// <param name="arena">The parameters.</param>
    /// <param name="groups">One for each.</param>
    /// <param name="adaptsByItself">Whether the method adapts a parameter that its group says nothing about.</param>
    internal static Segments Separate(ParameterArena arena, IReadOnlyList<ParameterGroup> groups, Func<Parameter, bool> adaptsByItself) =>
        Build(arena, groups, [.. Enumerable.Range(0, groups.Count)], adaptsByItself);

    /// <summary>Fills <see cref="Rates"/> with the rate of each segment, negative where frozen.</summary>
    internal double[] RatesAt(double rate)
    {
        for (var k = 0; k < Count; k++)
            Rates[k] = IsFrozen(k) ? FrozenScale : rate * RateScales[k];
        return Rates;
    }

    private static bool Alike(ParameterGroup one, ParameterGroup other) =>
        one.Frozen ? other.Frozen : !other.Frozen && one.RateScale == other.RateScale && one.Decay == other.Decay;

    private static Segments Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups, List<int> starts, Func<Parameter, bool>? adaptsByItself)
    {
        var bounds = new long[starts.Count + 1];
        var (scales, decays, adapts) = (new double[starts.Count], new double[starts.Count], new bool[starts.Count]);
        for (var s = 0; s < starts.Count; s++)
        {
            var group = groups[starts[s]];
            bounds[s] = arena.Offset(starts[s]);
            scales[s] = group.Frozen ? FrozenScale : group.RateScale;
            decays[s] = group.Decay;
            adapts[s] = adaptsByItself is not null && (group.Adapt ?? adaptsByItself(arena.Parameters[starts[s]]));
        }

        bounds[^1] = arena.Size;
        return new(bounds, scales, decays, adapts);
    }
}
