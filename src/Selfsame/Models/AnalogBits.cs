using System.Numerics;
using Selfsame.Torch;

namespace Selfsame.Models;

// B texts, L ids, K bits of an id.

/// <summary>Ids of a vocabulary as numbers for a continuous model: each bit as −1 or +1, lowest bit first; the sign of a number is a bit again.</summary>
/// <remarks>Chen et al. 2022, https://arxiv.org/abs/2208.04202, section 2, with scale 1.</remarks>
public sealed class AnalogBits
{
    private readonly int _vocabulary, _other;

    /// <summary>Chooses as many bits as the vocabulary needs.</summary>
    /// <param name="vocabulary">Distinct ids, at least 2.</param>
    /// <param name="other">What bits that are no id of the vocabulary are read as.</param>
    public AnalogBits(int vocabulary, int other)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 2);
        (_vocabulary, _other) = (vocabulary, other);
        Count = BitOperations.Log2((uint)vocabulary - 1) + 1;
    }

    /// <summary>Bits K of an id.</summary>
    public int Count { get; }

    /// <summary>Ids to bits.</summary>
    /// <param name="ids">(B, L), int64, below the vocabulary.</param>
    /// <returns>(B, L, K), float32, −1 and +1.</returns>
    public Tensor Encode(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var table = new float[_vocabulary * Count];
        for (var id = 0; id < _vocabulary; id++)
            for (var bit = 0; bit < Count; bit++)
                table[(id * Count) + bit] = ((id >> bit) & 1) == 1 ? 1 : -1;
        var bits = Tensor.From<float>(table, [_vocabulary, Count]).To(ids.Device, DType.Float32);
        return bits.IndexSelect(0, ids.Reshape([-1])).View([ids.Size(0), ids.Size(1), Count]);
    }

    /// <summary>Numbers to ids, by their signs.</summary>
    /// <param name="bits">(B, L, K).</param>
    /// <returns>(B, L), int64.</returns>
    public Tensor Decode(Tensor bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        var powers = new long[Count];
        for (var bit = 0; bit < Count; bit++)
            powers[bit] = 1L << bit;
        var ids = (bits.Gt(0).To(DType.Int64) * Tensor.From<long>(powers).To(bits.Device, DType.Int64)).Sum(-1, keepDim: false);
        return ids.MaskedFill(ids.Ge(_vocabulary), _other);
    }
}
