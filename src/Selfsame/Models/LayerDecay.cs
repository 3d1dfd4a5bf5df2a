using System.Globalization;

namespace Selfsame.Models;

/// <summary>Layer-wise learning rates for fine-tuning a Transformer: layers near the input, which hold the general features, move less.</summary>
/// <param name="Depth">Blocks of the Transformer, at least 1.</param>
/// <param name="Factor">Ratio of the rates of two neighbouring layers, more than 0, at most 1; 0.65 to 0.75 is usual.</param>
/// <remarks>
/// Clark et al. 2020, https://arxiv.org/abs/2003.10555, and Bao et al. 2021, https://arxiv.org/abs/2106.08254, as in facebookresearch/mae, util/lr_decay.py.
/// Layer 0 is everything before the blocks, layer k + 1 is block k, layer <c>Depth + 1</c> everything after them.
/// </remarks>
/// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
public sealed record LayerDecay(int Depth, double Factor)
{
    private const string BlockPrefix = "blocks.";

    /// <summary>Blocks of the Transformer.</summary>
    public int Depth { get; init; } = Depth >= 1
        ? Depth
        : throw new ArgumentOutOfRangeException(nameof(Depth), Depth, "a Transformer has at least one block");

    /// <summary>Ratio of the rates of two neighbouring layers.</summary>
    public double Factor { get; init; } = Factor is > 0 and <= 1
        ? Factor
        : throw new ArgumentOutOfRangeException(nameof(Factor), Factor, "the factor lies in 0..1, without 0");

    /// <summary>Learned tokens and positions that belong to layer 0, by full name. Methods with a mask token in the encoder add it here.</summary>
    public IReadOnlyList<string> InputParameters { get; init; } = ["cls_token", "pos_embed"];

    /// <summary>Prefixes of the modules that belong to layer 0.</summary>
    public IReadOnlyList<string> InputModules { get; init; } = ["patch_embed."];

    /// <summary>A parameter's layer, 0 to <c>Depth + 1</c>.</summary>
    /// <param name="name">Name as in a checkpoint, for instance <c>blocks.3.attn.qkv.weight</c>.</param>
    /// <exception cref="ArgumentException">It names a block that the Transformer does not have.</exception>
    public int LayerOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (InputParameters.Contains(name))
            return 0;
        foreach (var module in InputModules)
        {
            if (name.StartsWith(module, StringComparison.Ordinal))
                return 0;
        }
        if (!name.StartsWith(BlockPrefix, StringComparison.Ordinal))
            return Depth + 1;

        var rest = name.AsSpan(BlockPrefix.Length);
        var dot = rest.IndexOf('.');
        if (dot < 0 || !int.TryParse(rest[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var block) || block >= Depth)
            throw new ArgumentException($"parameter '{name}' is in no block from 0 to {Depth - 1}", nameof(name));
        return block + 1;
    }

    /// <summary>By what a parameter's learning rate is multiplied: Factor ^ (Depth + 1 - layer), 1 after the blocks.</summary>
    /// <exception cref="ArgumentException">As in <see cref="LayerOf"/>.</exception>
    public double Scale(string name) => Math.Pow(Factor, Depth + 1 - LayerOf(name));

    /// <summary>False for parameters that weight decay would pull away from their meaning: biases, norm gains, and the learned tokens and positions.</summary>
    /// <param name="name">Name as in a checkpoint.</param>
    /// <param name="dimensions">Dimensions of the parameter.</param>
    public bool DecaysWeight(string name, int dimensions) => dimensions != 1 && !InputParameters.Contains(name);
}
