using System.Numerics;

namespace Selfsame.Corruption;

/// <summary>Where random numbers come from: drawn in training, replayed from a file in a parity case.</summary>
public interface INoiseDraws
{
    /// <summary>Fills with uniform numbers, 0 (included) to 1 (not included).</summary>
    /// <param name="name">What they are for. The same name gives the same numbers.</param>
    /// <param name="values">Filled.</param>
    void Uniform(string name, Span<double> values);

    /// <summary>Fills with numbers of the standard normal distribution.</summary>
    /// <param name="name">What they are for. The same name gives the same numbers.</param>
    /// <param name="values">Filled.</param>
    void Normal(string name, Span<double> values);
}

/// <summary>Draws that are a pure function of seed, step, name and position, so that a resumed run repeats them.</summary>
/// <param name="seed">The run's seed.</param>
/// <param name="step">The step.</param>
public sealed class SeededDraws(long seed, long step) : INoiseDraws
{
    private const ulong Golden = 0x9e3779b97f4a7c15; // 2^64 / golden ratio

    /// <inheritdoc/>
    public void Uniform(string name, Span<double> values)
    {
        var key = Key(name);
        for (var i = 0; i < values.Length; i++)
            values[i] = Fraction(key, i);
    }

    /// <inheritdoc/>
    /// <remarks>Box and Muller 1958; one pair of uniform numbers a value, so that a value does not depend on how many are drawn.</remarks>
    public void Normal(string name, Span<double> values)
    {
        var key = Key(name);
        for (var i = 0; i < values.Length; i++)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Fraction(key, 2L * i)));
            values[i] = radius * Math.Cos(2 * Math.PI * Fraction(key, (2L * i) + 1));
        }
    }

    private static double Fraction(ulong key, long position) => (Mix(key + (Golden * (ulong)(position + 1))) >> 11) * (1.0 / (1UL << 53));

    private ulong Key(string name)
    {
        var key = Mix(Mix((ulong)seed + Golden) ^ (ulong)step);
        foreach (var letter in name)
            key = Mix(BitOperations.RotateLeft(key, 5) ^ letter);
        return key;
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}

/// <summary>Replays recorded draws.</summary>
/// <param name="recorded">Numbers by name.</param>
public sealed class RecordedDraws(IReadOnlyDictionary<string, double[]> recorded) : INoiseDraws
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no such recording, or it has another length.</exception>
    public void Uniform(string name, Span<double> values) => Replay(name, values);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no such recording, or it has another length.</exception>
    public void Normal(string name, Span<double> values) => Replay(name, values);

    private void Replay(string name, Span<double> values)
    {
        if (!recorded.TryGetValue(name, out var source))
            throw new ArgumentException($"no recorded draws named '{name}'; there are: {string.Join(", ", recorded.Keys.Order(StringComparer.Ordinal))}", nameof(name));
        if (source.Length != values.Length)
            throw new ArgumentException($"{values.Length} draws named '{name}' are needed, {source.Length} are recorded", nameof(values));
        source.CopyTo(values);
    }
}
