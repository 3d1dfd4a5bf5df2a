using Selfsame.Models;

namespace Selfsame.Recipes;

/// <summary>Convolutions over a waveform, then a Transformer: wav2vec 2.0, HuBERT and data2vec. Baevski et al. 2020, arXiv:2006.11477.</summary>
public sealed record WaveEncoderSettings : EncoderSettings
{
    /// <summary>The defaults of a speech encoder.</summary>
    public WaveEncoderSettings() => NormEps = 1e-5;

    /// <summary>Channels of the convolutions, 1 to 65,536. Default 512.</summary>
    [Limits(1, 1 << 16, "the number of channels of the convolutions")]
    public int Channels { get; init; } = 512;

    /// <summary>Samples, or frames of the layer before, that one output of each convolution sees. Default 10, 3, 3, 3, 3, 2, 2.</summary>
    [Limits(1, 1 << 16, "the length of a kernel")]
    public EquatableList<int> Kernels { get; init; } = [10, 3, 3, 3, 3, 2, 2];

    /// <summary>Step of each convolution; their product is the number of samples between two tokens. Default 5, 2, 2, 2, 2, 2, 2: 20 ms at 16 kHz.</summary>
    [Limits(1, 1 << 16, "the step of a convolution")]
    public EquatableList<int> Strides { get; init; } = [5, 2, 2, 2, 2, 2, 2];

    /// <summary>Where the convolutions normalise: after each (layer, default) or after the first only (group).</summary>
    public ConvNorm ConvNorm { get; init; } = ConvNorm.Layer;

    /// <summary>Positions by convolution.</summary>
    public WavePositionSettings WavePositions { get; init; } = new();

    /// <summary>Normalise after each sum, not before each branch. Default true, as the base models do.</summary>
    public bool PostNorm { get; init; } = true;

    /// <inheritdoc/>
    public override IEnumerable<RecipeProblem> Check()
    {
        foreach (var problem in base.Check())
            yield return problem;
        if (Kernels.Count != Strides.Count || Kernels.Count == 0)
            yield return new("strides", $"lists {Strides.Count}, kernels {Kernels.Count}; there is one of each for every convolution");
        if (Dimensions().Width % WavePositions.Groups != 0)
            yield return new("wave_positions.groups", $"is {WavePositions.Groups}; the width {Dimensions().Width} is not a multiple of it");
    }
}

/// <summary>Positions by convolution over neighbouring frames.</summary>
public sealed record WavePositionSettings
{
    /// <summary>Frames that a position sees, shared out between the layers, at least 2. Default 95, data2vec's: five layers of 19.</summary>
    [Limits(2, 1 << 16, "the number of frames that a position sees")]
    public int Kernel { get; init; } = 95;

    /// <summary>Groups of channels, a divisor of the width. Default 16.</summary>
    [Limits(1, 1 << 16, "the number of groups of channels")]
    public int Groups { get; init; } = 16;

    /// <summary>Layers; 1 is wav2vec 2.0's, with weight norm. Default 5, data2vec's.</summary>
    [Limits(1, 64, "the number of layers")]
    public int Layers { get; init; } = 5;
}

/// <summary>A table of token vectors and learned positions, then a Transformer: BERT, RoBERTa and data2vec. Devlin et al. 2018, arXiv:1810.04805.</summary>
public sealed record TokenEncoderSettings : EncoderSettings
{
    /// <summary>The defaults of a text encoder.</summary>
    public TokenEncoderSettings() => NormEps = 1e-5;

    /// <summary>Normalise after each sum, not before each branch. Default true, as BERT does.</summary>
    public bool PostNorm { get; init; } = true;
}
