namespace Selfsame.Models;

/// <summary>Feed-forward part of a block.</summary>
public enum MlpKind
{
    /// <summary>Linear, exact GELU, linear: ViT, BERT.</summary>
    Gelu,

    /// <summary>Linear, tanh-approximated GELU, linear: DiT, GPT-2.</summary>
    GeluTanh,

    /// <summary>Gated: silu of the first half of one linear layer times its second half (Shazeer 2020, https://arxiv.org/abs/2002.05202).</summary>
    SwiGlu,

    /// <summary>Gated like <see cref="SwiGlu"/>, with exact GELU on the first half.</summary>
    GeGlu,

    /// <summary>Linear, silu, linear.</summary>
    Silu,

    /// <summary>Linear, relu, linear.</summary>
    Relu,

    /// <summary>Linear, x · sigmoid(1.702 x), linear: CLIP.</summary>
    QuickGelu,
}

/// <summary>Where the branches of a block are normalised.</summary>
public enum NormKind
{
    /// <summary>Layer normalisation with scale and shift.</summary>
    Layer,

    /// <summary>Layer normalisation without scale and shift; the conditioning modulates instead.</summary>
    LayerPlain,

    /// <summary>Root-mean-square normalisation with scale.</summary>
    Rms,
}

/// <summary>Shape and options of the one Transformer that every method uses.</summary>
public sealed record TransformerSettings
{
    /// <summary>Width of a token, a multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks, at least 0.</summary>
    public required int Depth { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of the feed-forward part over <see cref="Width"/>. For gated kinds: before gating, so half of it remains after.</summary>
    public double MlpRatio { get; init; } = 4;

    /// <summary>Hidden width of the feed-forward part in values, where <see cref="MlpRatio"/> would not give it; null takes the ratio.</summary>
    public int? MlpHidden { get; init; }

    /// <summary>Kind of the feed-forward part.</summary>
    public MlpKind Mlp { get; init; } = MlpKind.Gelu;

    /// <summary>Kind of the normalisations.</summary>
    public NormKind Norm { get; init; } = NormKind.Layer;

    /// <summary>Added to variances.</summary>
    public double NormEps { get; init; } = 1e-6;

    /// <summary>Normalise after each sum, norm(x + branch(x)), as BERT and wav2vec 2.0 do, instead of before each branch.</summary>
    public bool PostNorm { get; init; }

    /// <summary>Biases in the query, key and value projection.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>With <see cref="QkvBias"/>: whether keys have one as well. False is BEiT's and data2vec's choice, under the names <c>q_bias</c> and <c>v_bias</c>.</summary>
    public bool KeyBias { get; init; } = true;

    /// <summary>Normalise queries and keys within a head before their product.</summary>
    public bool QkNorm { get; init; }

    /// <summary>Added to variances in <see cref="QkNorm"/>; null takes <see cref="NormEps"/>.</summary>
    public double? QkNormEps { get; init; }

    /// <summary>Start of the per-channel scale of each branch (CaiT's LayerScale); null for none.</summary>
    public double? LayerScale { get; init; }

    /// <summary>Chance that a branch of the last block is dropped for a sample; rises linearly from 0 in the first block.</summary>
    public double DropPath { get; init; }

    /// <summary>adaLN-Zero: each block takes shift, scale and gate from a condition (Peebles and Xie 2022, https://arxiv.org/abs/2212.09748, section 3.2).</summary>
    public bool Conditioned { get; init; }

    /// <summary>Tokens attend only to themselves and earlier ones.</summary>
    public bool Causal { get; init; }

    /// <summary>Keep only the tokens between blocks for the backward pass, and compute the inside of each block again in it: timm's name. Gradients stay the same, bit for bit.</summary>
    public bool GradCheckpointing { get; init; }

    /// <summary>A learned bias by relative position, as BEiT has; null for none.</summary>
    public RelativeBiasSettings? RelativeBias { get; init; }

    /// <summary>Width of the feed-forward part's hidden layer.</summary>
    internal long Hidden => MlpHidden ?? (long)(Width * MlpRatio);
}

/// <summary>A learned bias for every pair of tokens by their relative position on a grid.</summary>
/// <param name="Rows">Rows of the grid.</param>
/// <param name="Columns">Columns of the grid.</param>
public sealed record RelativeBiasSettings(int Rows, int Columns)
{
    /// <summary>A class token stands in front; pairs with it have three entries of their own.</summary>
    public bool ClassToken { get; init; }

    /// <summary>Each block has a table.</summary>
    public bool PerBlock { get; init; } = true;

    /// <summary>All blocks share a table, beside their own where they have one.</summary>
    public bool Shared { get; init; }
}
