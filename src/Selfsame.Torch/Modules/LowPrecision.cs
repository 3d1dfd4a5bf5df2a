namespace Selfsame.Torch;

/// <summary>Lets layers compute in bfloat16 on this thread, until disposed: matrix products take the arena's bfloat16 copy of the weights, norms put out bfloat16.</summary>
/// <remarks>Sums between blocks, losses, weights, gradients of weights and the optimizer stay float32. Where an arena keeps no copy, layers stay float32 as well.</remarks>
public ref struct LowPrecision
{
    [ThreadStatic]
    private static bool s_on;

    private readonly bool _before;

    private LowPrecision(bool before) => _before = before;

    /// <summary>True while layers on this thread compute in bfloat16.</summary>
    public static bool IsOn => s_on;

    /// <summary>Switches bfloat16 on or off.</summary>
    /// <param name="on">False leaves layers in float32.</param>
    public static LowPrecision Enter(bool on = true)
    {
        var guard = new LowPrecision(s_on);
        s_on = on;
        return guard;
    }

    /// <summary>Type that a norm puts out for an input: bfloat16 while this is on, else the input's own.</summary>
    public static DType Of(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return s_on && input.DType == DType.Float32 ? DType.BFloat16 : input.DType;
    }

    /// <summary>Goes back to what was before.</summary>
    public readonly void Dispose() => s_on = _before;
}
