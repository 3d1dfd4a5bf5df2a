using Selfsame.Models;

namespace Selfsame.Recipes;

/// <summary>A Transformer backbone. Its size is given by name or in numbers.</summary>
[ExactlyOneOf("size", "width, depth, heads")]
public abstract record EncoderSettings : ICheckable
{
    /// <summary>Width, depth and heads by name.</summary>
    public EncoderSize? Size { get; init; }

    /// <summary>Values in a token, a multiple of <see cref="Heads"/>, 1 to 65,536.</summary>
    [Limits(1, 1 << 16, "the number of values in a token")]
    public int? Width { get; init; }

    /// <summary>Transformer blocks, 1 to 1024.</summary>
    [Limits(1, 1024, "the number of blocks"), Unit("blocks")]
    public int? Depth { get; init; }

    /// <summary>Attention heads, 1 to 1024.</summary>
    [Limits(1, 1024, "the number of attention heads")]
    public int? Heads { get; init; }

    /// <summary>Side of a square patch, which becomes one token; at least 1. Default 16.</summary>
    [Limits(1, 4096, "the side of a patch"), Unit("pixels")]
    public int Patch { get; init; } = 16;

    /// <summary>Width of the hidden layer of each MLP in multiples of the token's width, above 0. Default 4.</summary>
    [Limits(0, 64, "the width of the MLP in multiples of the token's", AboveMin = true)]
    public double MlpRatio { get; init; } = 4;

    /// <summary>How a token knows its place. Default learned for a ViT, sincos for a DiT.</summary>
    public PositionKind Positions { get; init; }

    /// <summary>Extra learned tokens without a place, 0 to 1024. Darcet et al. 2023, arXiv:2309.16588. Default 0.</summary>
    [Limits(0, 1024, "the number of register tokens"), Unit("tokens")]
    public int Registers { get; init; }

    /// <summary>Normalize queries and keys in each head. Default false.</summary>
    public bool QkNorm { get; init; }

    /// <summary>First value of the learned scale of each residual branch, above 0. Touvron et al. 2021, arXiv:2103.17239. Null (default): no scale.</summary>
    [Limits(0, 10, "the first value of the residual scale", AboveMin = true)]
    public double? LayerScale { get; init; }

    /// <summary>Chance to skip a residual branch in training, rising linearly to this value in the last block, 0 to below 1. Default 0.</summary>
    [Limits(0, 1, "the chance to skip a residual branch", BelowMax = true)]
    public double DropPath { get; init; }

    /// <summary>Keep only the tokens between blocks for the backward pass, and compute the inside of each block again in it: less memory, about a third more time, the same result. Chen et al. 2016, arXiv:1604.06174. Default false.</summary>
    public bool GradCheckpointing { get; init; }

    /// <summary>Gated MLP with SiLU instead of a plain one with GELU. Shazeer 2020, arXiv:2002.05202. Default false.</summary>
    public bool Swiglu { get; init; }

    /// <summary>Kind of normalization. Default layer_norm.</summary>
    public EncoderNorm Norm { get; init; }

    /// <summary>Added to the variance before the root in each normalization, above 0. Default 1e-6.</summary>
    [Limits(0, 1, "added to the variance of a normalization", AboveMin = true)]
    public double NormEps { get; init; } = 1e-6;

    /// <summary>Width, depth and heads, whichever way they were given.</summary>
    /// <exception cref="InvalidOperationException">Neither a size nor all three numbers are set.</exception>
    public EncoderDimensions Dimensions() => (Size, Width, Depth, Heads) switch
    {
        (EncoderSize.Nano, _, _, _) => new(192, 6, 3),
        (EncoderSize.Tiny, _, _, _) => new(192, 12, 3),
        (EncoderSize.Small, _, _, _) => new(384, 12, 6),
        (EncoderSize.Base, _, _, _) => new(768, 12, 12),
        (EncoderSize.Large, _, _, _) => new(1024, 24, 16),
        (EncoderSize.Huge, _, _, _) => new(1280, 32, 16),
        (null, { } width, { } depth, { } heads) => new(width, depth, heads),
        _ => throw new InvalidOperationException("An encoder needs a size, or width, depth and heads."),
    };

    /// <inheritdoc/>
    public virtual IEnumerable<RecipeProblem> Check()
    {
        var (width, _, heads) = Dimensions();
        if (width % heads != 0)
            yield return new("width", $"is {width}; {heads} heads need a multiple of {heads}, such as {(width / heads + 1) * heads}");
    }
}

/// <summary>Size of a Transformer in numbers.</summary>
/// <param name="Width">Values in a token.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
public readonly record struct EncoderDimensions(int Width, int Depth, int Heads);

/// <summary>A vision Transformer. Dosovitskiy et al. 2020, arXiv:2010.11929.</summary>
public sealed record VitEncoderSettings : EncoderSettings
{
    /// <summary>A learned token in front that stands for the whole. Default true.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Frames of a film that one token spans, at least 1. Default 2.</summary>
    [Limits(1, 4096, "the number of frames that one token spans"), Unit("frames")]
    public int Tubelet { get; init; } = 2;

    /// <summary>Frames and frequency bins of a spectrogram that one token spans. Default 16 and 16.</summary>
    [Count(2, 2), Limits(1, 4096, "the number of frames or bins that one token spans")]
    public EquatableList<int> SpectrogramPatch { get; init; } = [16, 16];

    /// <summary>Samples of a waveform that one token spans, at least 1. Default 320: 20 ms at 16 kHz.</summary>
    [Limits(1, 1 << 20, "the number of samples of a waveform that one token spans"), Unit("samples")]
    public int WaveformFrame { get; init; } = 320;
}

/// <summary>A diffusion Transformer: blocks are modulated by the noise level, and by a class if there are any. Peebles and Xie 2022, arXiv:2212.09748.</summary>
public sealed record DitEncoderSettings : EncoderSettings
{
    /// <summary>The defaults of a DiT.</summary>
    public DitEncoderSettings() => Positions = PositionKind.Sincos;

    /// <summary>Frames of a film that one token spans, at least 1. Default 2.</summary>
    [Limits(1, 4096, "the number of frames that one token spans"), Unit("frames")]
    public int Tubelet { get; init; } = 2;

    /// <summary>Frames and frequency bins of a spectrogram that one token spans. Default 16 and 16.</summary>
    [Count(2, 2), Limits(1, 4096, "the number of frames or bins that one token spans")]
    public EquatableList<int> SpectrogramPatch { get; init; } = [16, 16];

    /// <summary>Ids of a text that one token spans, at least 1. Default 1.</summary>
    [Limits(1, 4096, "the number of ids of a text that one token spans"), Unit("ids")]
    public int TextSpan { get; init; } = 1;
}

/// <summary>Sizes of a Transformer, with the widths of timm: width x depth, heads.</summary>
public enum EncoderSize
{
    /// <summary>192 x 6, 3 heads.</summary>
    Nano,

    /// <summary>192 x 12, 3 heads.</summary>
    Tiny,

    /// <summary>384 x 12, 6 heads.</summary>
    Small,

    /// <summary>768 x 12, 12 heads.</summary>
    Base,

    /// <summary>1024 x 24, 16 heads.</summary>
    Large,

    /// <summary>1280 x 32, 16 heads.</summary>
    Huge,
}

/// <summary>Kind of normalization.</summary>
public enum EncoderNorm
{
    /// <summary>Mean 0, variance 1, then learned scale and shift.</summary>
    LayerNorm,

    /// <summary>Root mean square 1, then learned scale.</summary>
    RmsNorm,
}
