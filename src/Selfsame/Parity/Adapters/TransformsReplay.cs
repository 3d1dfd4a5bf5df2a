using Selfsame.Randomness;

namespace Selfsame.Parity.Adapters;

/// <summary>Recorded draws. A draw under a name that was not recorded is an error.</summary>
internal abstract class Replay : IDraws
{
    /// <inheritdoc/>
    public abstract double Uniform(string name);

    /// <inheritdoc/>
    public virtual int Integer(string name, int exclusiveMax) => (int)((float)Uniform(name) * exclusiveMax);

    /// <inheritdoc/>
    public double Normal(string name) => throw Missing(name);

    /// <inheritdoc/>
    public virtual void Permutation(string name, Span<int> order) => throw Missing(name);

    protected static InvalidDataException Missing(string name) => new($"no draw was recorded for '{name}'");
}

/// <summary>Draws of a random resized crop, (tries, 4): area, ratio, top, left.</summary>
internal sealed class CropReplay(ReadOnlyMemory<float> tries) : Replay
{
    private int _try = -1;

    /// <inheritdoc/>
    public override double Uniform(string name) => name switch
    {
        "crop.area" => tries.Span[4 * ++_try],
        "crop.ratio" => tries.Span[4 * _try + 1],
        "crop.top" => tries.Span[4 * _try + 2],
        "crop.left" => tries.Span[4 * _try + 3],
        _ => throw Missing(name),
    };
}

/// <summary>Draws of colour jitter: brightness, contrast, saturation, hue, and the order.</summary>
internal sealed class JitterReplay(ReadOnlyMemory<float> factors, ReadOnlyMemory<int> order) : Replay
{
    /// <inheritdoc/>
    public override double Uniform(string name) => name switch
    {
        "jitter.brightness" => factors.Span[0],
        "jitter.contrast" => factors.Span[1],
        "jitter.saturation" => factors.Span[2],
        "jitter.hue" => factors.Span[3],
        _ => throw Missing(name),
    };

    /// <inheritdoc/>
    public override void Permutation(string name, Span<int> destination)
    {
        if (name != "jitter.order")
            throw Missing(name);
        order.Span.CopyTo(destination);
    }
}

/// <summary>The coins of a view: jitter, grey, blur, solarize, flip. What else a view draws is replaced by recorded outcomes and may be anything.</summary>
internal sealed class CoinReplay(ReadOnlyMemory<float> coins) : Replay
{
    /// <inheritdoc/>
    public override double Uniform(string name) => name switch
    {
        "jitter" => coins.Span[0],
        "grayscale" => coins.Span[1],
        "blur" => coins.Span[2],
        "solarize" => coins.Span[3],
        "flip" => coins.Span[4],
        _ => 0.5,
    };

    /// <inheritdoc/>
    public override void Permutation(string name, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
    }
}
