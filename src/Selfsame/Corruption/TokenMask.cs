using Selfsame.Torch;

namespace Selfsame.Corruption;

/// <summary>Which tokens of each sample are seen, and which are hidden.</summary>
/// <param name="Kept">Indices of the seen tokens in drawn order, (B, K), int64.</param>
/// <param name="Restore">Place of each token in the drawn order, (B, N), int64; places from K on are hidden.</param>
/// <param name="Hidden">1 where hidden, 0 where seen, (B, N), float32.</param>
public sealed record TokenMask(Tensor Kept, Tensor Restore, Tensor Hidden)
{
    /// <summary>Keeps the tokens with the smallest draws: the first floor(N · (1 − ratio)) in ascending order.</summary>
    /// <remarks>He et al. 2021, https://arxiv.org/abs/2111.06377, official code.</remarks>
    /// <param name="draws">Uniform draws, (B, N).</param>
    /// <param name="ratio">Share of hidden tokens, 0 to 1.</param>
    public static TokenMask KeepSmallest(Tensor draws, double ratio)
    {
        ArgumentNullException.ThrowIfNull(draws);
        using var guard = GradMode.Off();
        var tokens = draws.Size(1);
        var keep = (long)(tokens * (1 - ratio));
        var shuffle = draws.Argsort(1);
        var restore = shuffle.Argsort(1);
        return new TokenMask(shuffle.Narrow(1, 0, keep), restore, restore.Ge(keep).To(DType.Float32));
    }
}
