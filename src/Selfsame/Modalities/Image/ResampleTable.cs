namespace Selfsame.Modalities.Image;

/// <summary>Which source pixels make up each new pixel along one axis, and with what weights.</summary>
/// <remarks>Weights are fixed point with <see cref="FractionBits"/> bits, computed as Pillow does, so that results agree to the bit. Immutable once built.</remarks>
internal sealed class ResampleTable
{
    /// <summary>Bits behind the binary point: 32 less 8 of the pixel less 2 for the overshoot of negative lobes.</summary>
    public const int FractionBits = 22;

    /// <summary>Weights are also kept in two halves, the lower of this many bits, for multipliers of 16 bits.</summary>
    public const int LowBits = 15;

    private const int CacheSize = 2048;

    // Random crops ask for the same few hundred pairs of sizes again and again. A slot is replaced by whoever comes last; a race costs a second computation, no more.
    private static readonly ResampleTable?[] Cache = new ResampleTable?[CacheSize];

    private readonly int _from, _to;
    private readonly Interpolation _interpolation;

    private ResampleTable(int from, int to, Interpolation interpolation)
    {
        (_from, _to, _interpolation) = (from, to, interpolation);
        var scale = (double)from / to;
        var stretch = Math.Max(scale, 1);
        var support = interpolation.Radius() * stretch;
        var largest = (int)Math.Ceiling(support) * 2 + 1;
        Stride = (largest + 7) / 8 * 8;
        (Start, Count) = (new int[to], new int[to]);
        (Weights, Low, High) = (new int[to * Stride], new short[to * Stride], new short[to * Stride]);

        Span<double> exact = largest <= 256 ? stackalloc double[largest] : new double[largest];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * scale;
            Start[i] = Math.Max((int)(centre - support + 0.5), 0);
            Count[i] = Math.Min((int)(centre + support + 0.5), from) - Start[i];
            var sum = 0.0;
            for (var tap = 0; tap < Count[i]; tap++)
                sum += exact[tap] = interpolation.Weight((tap + Start[i] - centre + 0.5) * (1 / stretch));
            for (var tap = 0; tap < Count[i]; tap++)
                Store(i * Stride + tap, sum == 0 ? exact[tap] : exact[tap] / sum);
        }
    }

    /// <summary>First source pixel of each new one.</summary>
    public int[] Start { get; }

    /// <summary>Number of source pixels of each new one.</summary>
    public int[] Count { get; }

    /// <summary>Distance between the weights of neighbours; a multiple of 8, filled up with zeros.</summary>
    public int Stride { get; }

    /// <summary>The weights, (to, <see cref="Stride"/>).</summary>
    public int[] Weights { get; }

    /// <summary>Lower <see cref="LowBits"/> bits of the weights, not negative.</summary>
    public short[] Low { get; }

    /// <summary>The weights shifted right by <see cref="LowBits"/>.</summary>
    public short[] High { get; }

    /// <summary>The table for one pair of sizes, new or from the cache.</summary>
    /// <param name="from">Source pixels.</param>
    /// <param name="to">New pixels.</param>
    /// <param name="interpolation">Any but <see cref="Interpolation.Nearest"/>.</param>
    public static ResampleTable For(int from, int to, Interpolation interpolation)
    {
        var slot = (uint)(from * 0x9E3779B1 ^ to * 0x85EBCA77 ^ (int)interpolation * 0xC2B2AE3D) % CacheSize;
        if (Volatile.Read(ref Cache[slot]) is { } table && table._from == from && table._to == to && table._interpolation == interpolation)
            return table;
        table = new ResampleTable(from, to, interpolation);
        Volatile.Write(ref Cache[slot], table);
        return table;
    }

    private void Store(int index, double exact)
    {
        var weight = (int)(exact * (1 << FractionBits) + (exact < 0 ? -0.5 : 0.5));
        Weights[index] = weight;
        Low[index] = (short)(weight & ((1 << LowBits) - 1));
        High[index] = (short)(weight >> LowBits);
    }
}
