namespace Selfsame.Randomness;

/// <summary>Draws as a pure function of (seed, a, b, name, how often this name was drawn before): a resumed run draws what an unbroken one would, and a draw under a new name changes no other.</summary>
/// <remarks>Philox4x32-10 twice: once to turn (seed, a, b) into a key, then once a block with the name's hash and its count as counter. Allocates only where more than 16 names are drawn; not for use from two threads at once.</remarks>
public sealed class SeededDraws : IDraws
{
    private const double UnitOfUniform = 1.0 / (1UL << 53);

    private ulong _key;
    private uint _stream;
    private Count[] _counts = new Count[16];   // searched from the front: a sample draws under a dozen names
    private int _names;

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
        (_stream, _names) = ((uint)rest, 0);
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

    private (ulong Low, ulong High) Next(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var hash = HashOf(name);
        return Philox.Block(_key, hash, _stream | (ulong)CallsOf(hash)++ << 32);
    }

    private ref uint CallsOf(ulong name)
    {
        for (var i = 0; i < _names; i++)
            if (_counts[i].Name == name)
                return ref _counts[i].Calls;
        if (_names == _counts.Length)
            Array.Resize(ref _counts, 2 * _names);
        _counts[_names] = new Count { Name = name };
        return ref _counts[_names++].Calls;
    }

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

    private struct Count
    {
        public ulong Name;
        public uint Calls;
    }
}
