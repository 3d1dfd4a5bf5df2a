using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>What DINOv2's linear probes see, and how their learning rates are set. Oquab et al. 2023, https://arxiv.org/abs/2304.07193, appendix B.3.</summary>
public static class LinearProbeInput
{
    /// <summary>Class tokens of the last blocks side by side, the earlier block first, optionally followed by the mean patch token of the last block.</summary>
    /// <param name="classTokens">(B, D) for each block, the deepest last, after the final norm.</param>
    /// <param name="patchTokens">(B, N, D) for each block, the deepest last; only the last is used, and none is needed without <paramref name="averagePool"/>.</param>
    /// <param name="blocks">How many of the last blocks give their class token; 1 to all.</param>
    /// <param name="averagePool">Append the mean of the last block's patch tokens.</param>
    /// <returns>(B, D * blocks), or (B, D * (blocks + 1)) with the mean.</returns>
    /// <exception cref="ArgumentException">There are fewer blocks than asked for, or no patch tokens to average.</exception>
    public static Tensor Create(ReadOnlySpan<Tensor> classTokens, ReadOnlySpan<Tensor> patchTokens, int blocks, bool averagePool)
    {
        if (blocks < 1 || blocks > classTokens.Length)
            throw new ArgumentException($"{blocks} blocks asked for, {classTokens.Length} given; ask for 1 to {classTokens.Length}");
        if (averagePool && patchTokens.IsEmpty)
            throw new ArgumentException("average pooling needs the patch tokens of the last block; none were given");
        using var scope = Scope.Enter();
        var parts = new Tensor[blocks + (averagePool ? 1 : 0)];
        classTokens[^blocks..].CopyTo(parts);
        if (averagePool)
            parts[^1] = patchTokens[^1].Mean(1, keepDim: false);
        return scope.MoveOut(Ops.Cat(parts, -1));
    }

    /// <summary>The learning rate for a batch: rate * batch / 256.</summary>
    /// <param name="rate">Rate for a batch of 256.</param>
    /// <param name="batch">Samples in one step over all processes.</param>
    public static double ScaledRate(double rate, long batch) => rate * batch / 256;

    /// <summary>Cosine factor on the learning rate: 0.5 (1 + cos(pi step / steps)); 1 at the start, no warm-up.</summary>
    /// <param name="step">Step, from 0.</param>
    /// <param name="steps">Steps in all, positive.</param>
    public static double CosineFactor(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return 0.5 * (1 + Math.Cos(Math.PI * step / steps));
    }
}
