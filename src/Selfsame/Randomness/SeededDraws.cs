namespace Selfsame.Randomness;

/// <summary>Draws as a pure function of (seed, a, b, name, number of the call): no hidden state, so a resumed run draws what an unbroken one would.</summary>
/// <remarks>Philox4x32-10 twice: once to turn (seed, a, b) into a key, then once a draw with the name's hash and the call number as counter. Allocates nothing; not for use from two threads at once.</remarks>
public sealed class SeededDraws : IDraws
{
    private const double UnitOfUniform = 1.0 / (1UL << 53);

    private ulong _key;
    private uint _stream;
    private uint _calls;

    /// <summary>Starts the draws of one place.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="a">First coordinate, usually the epoch or step.</param>
    /// <param name="b">Second coordinate, usually the position of the sample.</param>
    public SeededDraws(ulong seed, ulong a, ulong b) => Restart(seed, a, b);

    /// <summary>Starts over at another place, as a new object would.</summary>
    /// <inheritdoc cref="SeededDraws(ulong, ulong, ulong)"/>
    public void Restart(ulong seed, ulong a, ulong b)
    {
        (_key, var rest) = Philox.Block(seed, a, b);
        (_stream, _calls) = ((uint)rest, 0);
    }

    /// <inheritdoc/>
    public double Uniform(string name) => ToUniform(Next(name).Low);

    /// <inheritdoc/>
    public int Integer(string name, int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveMax, 1);
        return Scale(Next(name).Low, exclusiveMax);
    }

    /// <inheritdoc/>
    /// <remarks>Box and Muller's transform of one block.</remarks>
    public double Normal(string name)
    {
        var (low, high) = Next(name);
        return Math.Sqrt(-2 * Math.Log(1 - ToUniform(low))) * Math.Cos(2 * Math.PI * ToUniform(high));
    }

    /// <inheritdoc/>
    /// <remarks>Fisher and Yates' shuffle.</remarks>
    public void Permutation(string name, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = Scale(Next(name).Low, i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

    private (ulong Low, ulong High) Next(string name) => Philox.Block(_key, HashOf(name), _stream | (ulong)_calls++ << 32);

    private static double ToUniform(ulong bits) => (bits >> 11) * UnitOfUniform;

    // The share of 64 bits: no value is more likely than another by more than 2^-33.
    private static int Scale(ulong bits, int exclusiveMax) => (int)Math.BigMul(bits, (ulong)exclusiveMax, out _);

    // FNV-1a over UTF-16 units; string.GetHashCode differs from process to process.
    private static ulong HashOf(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in name)
            hash = (hash ^ unit) * 1099511628211UL;
        return hash;
    }
}
