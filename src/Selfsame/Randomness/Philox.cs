namespace Selfsame.Randomness;

/// <summary>Philox4x32-10: a bijection of 128 bits chosen by a 64-bit key; counting through it gives independent random words without any state.</summary>
/// <remarks>Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", https://doi.org/10.1145/2063384.2063405.</remarks>
internal static class Philox
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The 128 bits that belong to a counter under a key; low words first.</summary>
    public static (ulong Low, ulong High) Block(ulong key, ulong counterLow, ulong counterHigh)
    {
        uint keyA = (uint)key, keyB = (uint)(key >> 32);
        uint x0 = (uint)counterLow, x1 = (uint)(counterLow >> 32), x2 = (uint)counterHigh, x3 = (uint)(counterHigh >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            var a = (ulong)MultiplierA * x0;
            var b = (ulong)MultiplierB * x2;
            (x0, x1, x2, x3) = ((uint)(b >> 32) ^ x1 ^ keyA, (uint)b, (uint)(a >> 32) ^ x3 ^ keyB, (uint)a);
            keyA += WeylA;
            keyB += WeylB;
        }
        return (x0 | (ulong)x1 << 32, x2 | (ulong)x3 << 32);
    }
}
