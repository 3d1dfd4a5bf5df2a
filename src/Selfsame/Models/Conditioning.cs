using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Linear(silu(c)), started at zero so that a conditioned block begins as the identity.</summary>
public sealed class Modulation : Module
{
    private readonly Linear _linear;

    /// <summary>Makes the layer. It carries the name 1, since the official code counts the activation as 0.</summary>
    /// <param name="width">Width of the condition and of a token.</param>
    /// <param name="parts">Vectors to make from a condition.</param>
    public Modulation(long width, int parts) => _linear = Child("1", new Linear(width, parts * width, init: Init.Zeros));

    /// <param name="condition">(B, G, D).</param>
    /// <returns>(B, G, parts · D).</returns>
    public Tensor Forward(Tensor condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return _linear.Forward(condition.Silu());
    }
}

/// <summary>Shift, scale and gate of tokens by their condition.</summary>
public static class Conditioning
{
    /// <summary>LayerNorm(x) · (1 + scale) + shift.</summary>
    /// <param name="x">Tokens, (B, N, D).</param>
    /// <param name="shift">(B, G, D).</param>
    /// <param name="scale">(B, G, D).</param>
    /// <param name="group">Row of each token, (B, N), int64; null when G is 1 or N.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>(B, N, D).</returns>
    public static Tensor NormModulate(Tensor x, Tensor shift, Tensor scale, Tensor? group, double eps)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.NormModulate(shift, scale, group, eps, LowPrecision.Of(x));
    }

    /// <summary>x + gate · branch.</summary>
    /// <param name="x">Tokens, (B, N, D).</param>
    /// <param name="branch">Output of attention or MLP, (B, N, D).</param>
    /// <param name="gate">(B, G, D).</param>
    /// <param name="group">Row of each token, (B, N), int64; null when G is 1 or N.</param>
    /// <returns>(B, N, D).</returns>
    public static Tensor GatedAdd(Tensor x, Tensor branch, Tensor gate, Tensor? group)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.GatedAdd(branch, gate, group);
    }
}
