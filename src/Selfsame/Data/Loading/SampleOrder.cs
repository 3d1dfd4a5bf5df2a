using System.Numerics;

namespace Selfsame.Data.Loading;

/// <summary>
/// The order samples are visited in: for every epoch another permutation of 0 .. count - 1, each place computed on its own from
/// (seed, epoch, position). Nothing is stored or shuffled, so a resumed run continues anywhere at once.
/// </summary>
/// <remarks>
/// A Feistel network permutes the smallest power of 4 that holds count; places that land outside walk on until they land inside,
/// less than 4 steps on average (Black and Rogaway 2002, https://doi.org/10.1007/3-540-45760-7_9, "cycle walking").
/// </remarks>
public sealed class SampleOrder
{
    private const int Rounds = 6;

    private readonly ulong _seed;
    private readonly int _halfBits;
    private readonly uint _halfMask;

    /// <summary>An order over some samples.</summary>
    /// <param name="seed">Another seed, another order.</param>
    /// <param name="count">Number of samples, at least 1.</param>
    public SampleOrder(ulong seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (_seed, Count) = (seed, count);
        // Halves of at least 4 bits: with less the network has too few keys to reach most permutations.
        _halfBits = Math.Max(4, (32 - BitOperations.LeadingZeroCount((uint)count - 1) + 1) / 2);
        _halfMask = (1u << _halfBits) - 1;
    }

    /// <summary>Number of samples in an epoch.</summary>
    public int Count { get; }

    /// <summary>The sample at a place.</summary>
    /// <param name="epoch">Pass over the data, from 0.</param>
    /// <param name="position">Place within the pass, 0 .. <see cref="Count"/> - 1.</param>
    public int At(long epoch, int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Count);
        var key = Mix(_seed ^ Mix((ulong)epoch + 0x9E3779B97F4A7C15));
        var place = (uint)position;
        do
            place = Permute(place, key);
        while (place >= (uint)Count);
        return (int)place;
    }

    private uint Permute(uint value, ulong key)
    {
        uint left = value >> _halfBits, right = value & _halfMask;
        for (var round = 1ul; round <= Rounds; round++)
            (left, right) = (right, left ^ ((uint)Mix(key + round * 0x9E3779B97F4A7C15 + right) & _halfMask));
        return left << _halfBits | right;
    }

    // Finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
