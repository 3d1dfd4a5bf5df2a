using Selfsame.Torch;

namespace Selfsame.Corruption;

/// <summary>Deals the tokens of a sample out to groups.</summary>
public static class TokenGroups
{
    /// <summary>Groups of exact size in random order: sizes are floor(share · N), what is left goes to the largest fractions.</summary>
    /// <remarks>As SRA's code does, https://github.com/vvvvvjdy/SRA.</remarks>
    /// <param name="draws">Uniform draws, (B, N); their ascending order deals the tokens out.</param>
    /// <param name="shares">Share of each group; they add up to 1.</param>
    /// <returns>Group of each token, (B, N), int64.</returns>
    public static Tensor Exact(Tensor draws, IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(draws);
        ArgumentNullException.ThrowIfNull(shares);
        var (batch, tokens) = (draws.Size(0), (int)draws.Size(1));
        var sizes = Sizes(shares, tokens);
        var dealt = new long[tokens];
        var at = 0;
        for (var g = 0; g < sizes.Length; g++)
        {
            dealt.AsSpan(at, sizes[g]).Fill(g);
            at += sizes[g];
        }

        var order = draws.Argsort(1);
        var groups = order.ZerosLike();
        return groups.ScatterInPlace(1, order, Tensor.From<long>(dealt).To(draws.Device, DType.Int64).Unsqueeze(0).Expand([batch, -1]));
    }

    /// <summary>Shares that add up to 1: a single share r stands for [r, 1 − r], or for one group when it is 0 or 1; zeros are left out.</summary>
    public static double[] Normalise(IReadOnlyList<double> ratios)
    {
        ArgumentNullException.ThrowIfNull(ratios);
        if (ratios.Count == 1)
            return ratios[0] is > 0 and < 1 ? [ratios[0], 1 - ratios[0]] : [1];
        var positive = ratios.Where(r => r > 0).ToArray();
        var total = positive.Sum();
        return positive.Length == 0 ? [1] : Array.ConvertAll(positive, r => r / total);
    }

    internal static int[] Sizes(IReadOnlyList<double> shares, int tokens)
    {
        var sizes = new int[shares.Count];
        var fractions = new (float Fraction, int Group)[shares.Count];
        for (var g = 0; g < sizes.Length; g++)
        {
            var expected = (float)shares[g] * tokens;  // float32, so that ties fall as in the official code
            sizes[g] = (int)MathF.Floor(expected);
            fractions[g] = (expected - sizes[g], g);
        }

        var left = tokens - sizes.Sum();
        foreach (var (_, group) in fractions.OrderByDescending(f => f.Fraction).ThenBy(f => f.Group).Take(left))
            sizes[group]++;
        return sizes;
    }
}
