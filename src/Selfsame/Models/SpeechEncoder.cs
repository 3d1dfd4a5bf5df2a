using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Settings of a <see cref="SpeechEncoder"/>.</summary>
public sealed record SpeechEncoderSettings
{
    /// <summary>The convolutions over the waveform. Default wav2vec 2.0's: a frame every 320 samples, 20 ms at 16 kHz.</summary>
    public IReadOnlyList<ConvStep> Convolutions { get; init; } =
        [new(512, 10, 5), new(512, 3, 2), new(512, 3, 2), new(512, 3, 2), new(512, 3, 2), new(512, 2, 2), new(512, 2, 2)];

    /// <summary>Where the convolutions normalise.</summary>
    public ConvNorm ConvNorm { get; init; } = ConvNorm.Layer;

    /// <summary>Biases in the convolutions.</summary>
    public bool ConvBias { get; init; }

    /// <summary>Factor of the gradient that reaches the convolutions; 0 leaves them as they are.</summary>
    public double ConvGradient { get; init; } = 1;

    /// <summary>Layer norm on the frames before they are projected.</summary>
    public bool FrameNorm { get; init; } = true;

    /// <summary>Project frames to the width of a token. Null does so only where the widths differ.</summary>
    public bool? Project { get; init; }

    /// <summary>Positions.</summary>
    public ConvPositionSettings Positions { get; init; } = new();

    /// <summary>The blocks. Post-norm ones have a norm before the first block, pre-norm ones after the last.</summary>
    public required TransformerSettings Blocks { get; init; }
}

/// <summary>Waveform to frames to context: wav2vec 2.0, HuBERT, data2vec. Baevski et al. 2020, https://arxiv.org/abs/2006.11477, section 2.</summary>
public sealed class SpeechEncoder : ContextEncoder
{
    private readonly ConvFeatureExtractor _convolutions;
    private readonly FrameProjection _projection;
    private readonly ConvPositions _positions;
    private readonly LayerNorm _norm;

    /// <summary>Makes the model.</summary>
    public SpeechEncoder(SpeechEncoderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        var width = settings.Blocks.Width;
        _convolutions = Child("feature_extractor", new ConvFeatureExtractor(settings.Convolutions, settings.ConvNorm, settings.ConvBias));
        _projection = Child("feature_projection", new FrameProjection(_convolutions.Width, settings));
        _positions = Child("pos_conv_embed", new ConvPositions(width, settings.Positions));
        _norm = Child("norm", new LayerNorm(width, settings.Blocks.NormEps));
        Blocks = Child("blocks", new Transformer(settings.Blocks));
    }

    /// <summary>What the model was made from.</summary>
    public SpeechEncoderSettings Settings { get; }

    /// <summary>The blocks.</summary>
    public Transformer Blocks { get; }

    /// <summary>The convolutions over the waveform.</summary>
    public ConvFeatureExtractor Convolutions => _convolutions;

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Audio;

    /// <inheritdoc/>
    public override double DropPath => Settings.Blocks.DropPath;

    /// <inheritdoc/>
    public override int Width => Settings.Blocks.Width;

    /// <inheritdoc/>
    public override int Depth => Settings.Blocks.Depth;

    /// <summary>Frames as the convolutions make them.</summary>
    /// <param name="wave">(B, S).</param>
    /// <returns>(B, T, C).</returns>
    public Tensor Frames(Tensor wave)
    {
        if (Settings.ConvGradient == 0)
        {
            using var guard = GradMode.Off();
            return _convolutions.Forward(wave);
        }

        var frames = _convolutions.Forward(wave);
        return Settings.ConvGradient == 1 ? frames : (frames * Settings.ConvGradient) + (frames.Detach() * (1 - Settings.ConvGradient));
    }

    /// <summary>Frames after their layer norm: what wav2vec 2.0 quantises.</summary>
    /// <param name="frames">From <see cref="Frames"/>.</param>
    public Tensor Normalize(Tensor frames) => _projection.Normalize(frames);

    /// <summary>Frames as tokens.</summary>
    /// <param name="normalized">From <see cref="Normalize"/>, (B, T, C).</param>
    /// <returns>(B, T, D).</returns>
    public Tensor Project(Tensor normalized) => _projection.Project(normalized);

    /// <inheritdoc/>
    public override EmbeddedTokens Embed(Tensor samples, Tensor? padding = null) =>
        new(Project(Normalize(Frames(samples))), padding is null ? null : _convolutions.FramePadding(padding));

    /// <inheritdoc/>
    public override Tensor Contextualize(EmbeddedTokens tokens, LayerTaps? taps = null)
    {
        var x = Placed(tokens);
        x = Blocks.Forward(
            x,
            new BlockContext { Mask = BlockContext.KeyMask(tokens.Padding), DropDraws = taps?.DropDraws, FeedForwards = taps?.FeedForwards },
            layers: taps?.Blocks);
        return Settings.Blocks.PostNorm ? x : _norm.Forward(x);
    }

    /// <summary>What the first block sees.</summary>
    /// <param name="tokens">From <see cref="Embed"/>.</param>
    /// <returns>(B, T, D): padding zero, positions added, normalised where the blocks are post-norm.</returns>
    public Tensor Placed(EmbeddedTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var x = tokens.Padding is null ? tokens.Values : tokens.Values.MaskedFill(tokens.Padding.Unsqueeze(-1), 0.0);
        x += _positions.Forward(x);
        return Settings.Blocks.PostNorm ? _norm.Forward(x, x.DType) : x;
    }

    /// <inheritdoc/>
    public override bool IsLocal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return !name.StartsWith("blocks.", StringComparison.Ordinal) && !name.StartsWith("norm.", StringComparison.Ordinal);
    }
}

/// <summary>Layer norm over a frame's channels, then a linear layer to the width of a token.</summary>
internal sealed class FrameProjection : Module
{
    private readonly LayerNorm? _norm;
    private readonly Linear? _projection;

    internal FrameProjection(int inputs, SpeechEncoderSettings settings)
    {
        var blocks = settings.Blocks;
        if (settings.FrameNorm)
            _norm = Child("layer_norm", new LayerNorm(inputs, blocks.NormEps));
        if (settings.Project ?? inputs != blocks.Width)
            _projection = Child("projection", new Linear(inputs, blocks.Width));
    }

    internal Tensor Normalize(Tensor frames) => _norm is null ? frames : _norm.Forward(frames, frames.DType);

    internal Tensor Project(Tensor normalized) => _projection is null ? normalized : _projection.Forward(normalized).To(normalized.DType);
}
