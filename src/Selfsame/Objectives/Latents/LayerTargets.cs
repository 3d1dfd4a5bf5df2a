using Selfsame.Torch;

namespace Selfsame.Objectives.Latents;

/// <summary>How features are brought to mean 0 and variance 1, without scale and shift.</summary>
public enum TargetNorm
{
    /// <summary>Each channel over all tokens of the batch.</summary>
    Batch,

    /// <summary>Each channel of a sample over its tokens.</summary>
    Instance,

    /// <summary>All channels and tokens of a sample together.</summary>
    Group,

    /// <summary>The channels of each token.</summary>
    Layer,
}

/// <summary>What a teacher's layers become before a student imitates them: normalised one by one, averaged, and normalised again.</summary>
/// <remarks>Baevski et al. 2022, https://arxiv.org/abs/2202.03555, section 3.3. Variances are the biased ones, with 1e-5 under the root.</remarks>
public sealed class LayerTargets
{
    private readonly long[][] _each, _mean;

    /// <summary>Chooses the norms.</summary>
    /// <param name="each">Applied to each layer, in this order.</param>
    /// <param name="mean">Applied to the average of the layers, in this order.</param>
    public LayerTargets(IEnumerable<TargetNorm> each, IEnumerable<TargetNorm> mean)
        => (_each, _mean) = ([.. each.Select(Axes)], [.. mean.Select(Axes)]);

    private LayerTargets(long[][] each, long[][] mean, bool _) => (_each, _mean) = (each, mean);

    /// <summary>Chooses the axes of (B, N, D) that each norm runs over.</summary>
    internal static LayerTargets OverAxes(long[][] each, long[][] mean) => new(each, mean, true);

    /// <summary>Whether a norm runs over several samples.</summary>
    public bool ComparesSamples => Array.Exists([.. _each, .. _mean], axes => axes.Contains(0));

    /// <param name="layers">Features of some layers, (B, N, D).</param>
    /// <returns>(B, N, D), float32.</returns>
    /// <exception cref="ArgumentException">There are no layers.</exception>
    public Tensor Forward(IReadOnlyList<Tensor> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
            throw new ArgumentException("a target needs at least one layer", nameof(layers));
        using var guard = GradMode.Off();
        Tensor? sum = null;
        foreach (var layer in layers)
        {
            var normed = Through(layer.To(DType.Float32), _each);
            sum = sum is null ? normed : sum + normed;
        }

        return Through(sum! / layers.Count, _mean);
    }

    private static Tensor Through(Tensor x, long[][] norms)
    {
        foreach (var axes in norms)
        {
            x = axes is [2]
                ? x.FusedLayerNorm(null, null, 1e-5, x.DType)
                : (x - x.Mean(axes, keepdim: true)) * (x.Var(axes, 0, keepdim: true) + 1e-5).Rsqrt();
        }

        return x;
    }

    private static long[] Axes(TargetNorm norm) => norm switch
    {
        TargetNorm.Batch => [0, 1],
        TargetNorm.Instance => [1],
        TargetNorm.Group => [1, 2],
        TargetNorm.Layer => [2],
        _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, "known: Batch, Instance, Group, Layer"),
    };
}
