namespace Selfsame.Randomness;

/// <summary>Where every random decision comes from: a seeded generator in training, recorded draws in a parity test.</summary>
/// <remarks>Names are dotted and say what is decided (<c>crop.area</c>, <c>blur.sigma</c>). The same name may be drawn again; each call gives a new draw.</remarks>
public interface IDraws
{
    /// <summary>A number uniform in [0, 1).</summary>
    double Uniform(string name);

    /// <summary>A whole number uniform in 0 .. <paramref name="exclusiveMax"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMax"/> is below 1.</exception>
    int Integer(string name, int exclusiveMax);

    /// <summary>A number from the normal distribution of mean 0 and standard deviation 1.</summary>
    double Normal(string name);

    /// <summary>Fills <paramref name="order"/> with 0 .. length - 1 in a random order, every order equally likely.</summary>
    void Permutation(string name, Span<int> order);
}

/// <summary>Draws derived from the basic ones.</summary>
public static class DrawsExtensions
{
    private const float LargestBelowOne = 1f - 1f / (1 << 24);

    /// <summary>True with the given probability: always at 1, never at 0.</summary>
    /// <param name="draws">The source.</param>
    /// <param name="name">What is decided.</param>
    /// <param name="probability">0..1.</param>
    public static bool Coin(this IDraws draws, string name, double probability) => draws.Uniform(name) < probability;

    /// <summary>A number uniform in <paramref name="low"/> .. <paramref name="high"/>, scaled in single precision as <c>torch.Tensor.uniform_</c> does; rounding may give the upper end itself.</summary>
    public static float Between(this IDraws draws, string name, double low, double high)
    {
        var u = MathF.Min((float)draws.Uniform(name), LargestBelowOne);
        return u * ((float)high - (float)low) + (float)low;
    }
}
