using Selfsame.Modalities;
using Selfsame.Models;
using Selfsame.Models.FrontEnds;
using Selfsame.Torch;

namespace Selfsame.Objectives.Generation;

// B samples, N tokens of the longest sample, C values in a token.

/// <summary>Between samples and the tokens that a generative model works on: plain patches, or the latents of an autoencoder.</summary>
public interface ILatentTokenizer
{
    /// <summary>Samples to tokens.</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <returns>(B, N, values).</returns>
    Tensor Encode(Tensor image);

    /// <summary>Tokens to samples.</summary>
    /// <param name="tokens">(B, N, values).</param>
    /// <returns>(B, C, H, W).</returns>
    Tensor Decode(Tensor tokens);
}

/// <summary>Patches as they are.</summary>
/// <param name="Side">Side of a patch.</param>
/// <param name="Rows">Rows of the grid.</param>
public sealed record PatchTokenizer(int Side, int Rows) : ILatentTokenizer
{
    /// <inheritdoc/>
    public Tensor Encode(Tensor image) => Patches.Split(image, Side, PatchOrder.ChannelFirst);

    /// <inheritdoc/>
    public Tensor Decode(Tensor tokens) => Patches.Join(tokens, Side, Rows, PatchOrder.ChannelFirst);
}

/// <summary>Clean tokens of one modality.</summary>
/// <param name="Values">(B, N, C), about standard normal.</param>
/// <param name="Real">Which are real, (B, N), bool; null where all are.</param>
public sealed record FlowTokens(Tensor Values, Tensor? Real = null);

/// <summary>Turns one modality of a batch into tokens of about mean 0 and variance 1, and back.</summary>
/// <param name="Modality">The field of the batch.</param>
/// <param name="Width">Values C in a token.</param>
/// <param name="Places">Every place there can be, in the order of the tokens.</param>
public abstract record FlowTokenizer(string Modality, int Width, IReadOnlyList<TokenPlace> Places)
{
    /// <summary>Tokens of a batch.</summary>
    /// <param name="field">The modality.</param>
    public abstract FlowTokens Encode(BatchField field);

    /// <summary>Tokens back to what a batch holds.</summary>
    /// <param name="tokens">(B, N, C), N a whole sample's or, of sound, fewer.</param>
    public abstract BatchField Decode(Tensor tokens);

    /// <summary>Samples through tokens and back; lengths and who has the modality stay.</summary>
    /// <param name="field">The modality.</param>
    public virtual BatchField Rebuilt(BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return Decode(Encode(field).Values) with { Lengths = field.Lengths, Present = field.Present };
    }

    /// <summary>Settings of the network that reads these tokens.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="classes">Rows of the label table; 0 for no labels.</param>
    public virtual DiffusionTransformerSettings Network(TransformerSettings blocks, int classes) => new()
    {
        Blocks = blocks, TokenWidth = Width, Grid = (0, 0), Places = Places, Classes = classes, Modality = Modality,
    };

    /// <summary>The tokenizer of an input.</summary>
    /// <param name="input">What the modality's samples look like.</param>
    /// <param name="cuts">How they are cut.</param>
    /// <exception cref="ArgumentException">There is none for it.</exception>
    public static FlowTokenizer Of(InputShape input, TokenCuts cuts)
    {
        ArgumentNullException.ThrowIfNull(cuts);
        return input switch
        {
            ImageShape image => new ImageTokenizer(image, cuts.Patch),
            VideoShape video => new TubeTokenizer(video, cuts.Tubelet, cuts.Patch),
            AudioShape { Bins: > 0 } sound => new SpectrogramTokenizer(sound, cuts.Frames, cuts.Bins, cuts.FillSound),
            AudioShape => throw new ArgumentException("self-flow reads sound as spectrograms; set data.audio.features to filter_bank"),
            TextShape text => new TextTokenizer(text, cuts.TextSpan),
            _ => throw new ArgumentException($"there is no tokenizer for {input}", nameof(input)),
        };
    }
}

/// <summary>How samples are cut into tokens.</summary>
/// <param name="Patch">Side of a patch of pictures and films.</param>
/// <param name="Tubelet">Frames of a tube.</param>
/// <param name="Frames">Frames of a patch of a spectrogram.</param>
/// <param name="Bins">Bins of a patch of a spectrogram.</param>
/// <param name="TextSpan">Ids of a token of text.</param>
/// <param name="FillSound">Fill sounds up with silence.</param>
public sealed record TokenCuts(int Patch, int Tubelet = 2, int Frames = 16, int Bins = 16, int TextSpan = 1, bool FillSound = false);

/// <summary>Pictures as patches, or as latents of an autoencoder.</summary>
/// <param name="Shape">Pictures.</param>
/// <param name="Side">Side of a patch.</param>
public sealed record ImageTokenizer(ImageShape Shape, int Side) : FlowTokenizer(Shape.Modality, Side * Side * Shape.Channels, TokenPlaces.Of(Shape, Side))
{
    /// <summary>The way to tokens. Default plain patches.</summary>
    public ILatentTokenizer Latents { get; init; } = new PatchTokenizer(Side, Shape.Height / Side);

    /// <inheritdoc/>
    public override FlowTokens Encode(BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var tokens = Latents.Encode(field.Values);
        return new(tokens, TokenMasks.Present(field, tokens.Size(1)));
    }

    /// <inheritdoc/>
    public override BatchField Decode(Tensor tokens) => new(Latents.Decode(tokens));

    /// <inheritdoc/>
    public override DiffusionTransformerSettings Network(TransformerSettings blocks, int classes) => new()
    {
        Blocks = blocks, TokenWidth = Width, PatchArea = Side * Side, Grid = (Shape.Height / Side, Shape.Width / Side), Classes = classes,
    };
}

/// <summary>Films as tubes.</summary>
/// <param name="Shape">Films.</param>
/// <param name="Tubelet">Frames of a tube.</param>
/// <param name="Side">Side of a patch.</param>
public sealed record TubeTokenizer(VideoShape Shape, int Tubelet, int Side)
    : FlowTokenizer(Shape.Modality, Shape.Channels * Tubelet * Side * Side, TokenPlaces.Of(Shape, Tubelet, Side))
{
    /// <inheritdoc/>
    public override FlowTokens Encode(BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var tokens = VideoFrontEnd.Split(field.Values, Tubelet, Side, PatchOrder.ChannelFirst);
        return new(tokens, TokenMasks.Present(field, tokens.Size(1)));
    }

    /// <inheritdoc/>
    public override BatchField Decode(Tensor tokens) => new(VideoFrontEnd.Join(tokens, Shape, Tubelet, Side));
}

/// <summary>Log mel energies as patches of frames and bins. The field divides by two deviations of the data, so values are doubled.</summary>
/// <param name="Shape">Spectrograms.</param>
/// <param name="Frames">Frames of a patch.</param>
/// <param name="Bins">Bins of a patch.</param>
/// <param name="Fill">Fill up with silence to the longest, so that a sound that is generated ends by itself; else what pads a sound is hidden.</param>
public sealed record SpectrogramTokenizer(AudioShape Shape, int Frames, int Bins, bool Fill)
    : FlowTokenizer(Shape.Modality, Frames * Bins, TokenPlaces.Of(Shape, Frames, Bins))
{
    /// <summary>Silence in values of the field: two deviations below the mean.</summary>
    public const double Silence = -1;

    private const double Deviation = 0.5;

    /// <inheritdoc/>
    public override FlowTokens Encode(BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var columns = Shape.Bins / Bins;
        var whole = TokenMasks.Whole(field.Values, Frames);
        if (!Fill)
        {
            var tokens = SpectrogramPatches.Split(whole, Frames, Bins) / Deviation;
            return new(tokens, TokenMasks.Real(field, tokens.Size(1), Frames, columns));
        }

        whole = TokenMasks.Filled(whole, (long)Places.Count / columns * Frames, Silence);
        if (field.Lengths is { } lengths)
        {
            var places = Ops.Arange(whole.Size(1), dtype: DType.Int64, device: whole.Device).Unsqueeze(0);
            whole = whole.MaskedFill(places.Lt(lengths.Unsqueeze(1)).LogicalNot().Unsqueeze(-1), Silence);
        }

        var filled = SpectrogramPatches.Split(whole, Frames, Bins) / Deviation;
        return new(filled, TokenMasks.Present(field, filled.Size(1)));
    }

    /// <inheritdoc/>
    public override BatchField Rebuilt(BatchField field) => Fill ? base.Rebuilt(field) with { Lengths = null } : base.Rebuilt(field);

    /// <inheritdoc/>
    public override BatchField Decode(Tensor tokens)
    {
        var values = SpectrogramPatches.Join(tokens, Frames, Bins, Shape.Bins / Bins) * Deviation;
        return new(values.Size(1) > Shape.MaxLength ? values.Narrow(1, 0, Shape.MaxLength) : values);
    }
}

/// <summary>Texts as bits of their ids, padding included, so that the length of a text is generated as well.</summary>
/// <param name="Shape">Texts.</param>
/// <param name="Span">Ids of a token.</param>
public sealed record TextTokenizer(TextShape Shape, int Span)
    : FlowTokenizer(Shape.Modality, Span * new AnalogBits(Shape.Vocabulary, Shape.Special.Padding).Count, TokenPlaces.InOrder((Shape.MaxLength + Span - 1) / Span))
{
    private readonly AnalogBits _bits = new(Shape.Vocabulary, Shape.Special.Padding);

    /// <inheritdoc/>
    public override FlowTokens Encode(BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var ids = TokenMasks.Filled(field.Values, (long)Places.Count * Span, Shape.Special.Padding);
        var tokens = _bits.Encode(ids).View([ids.Size(0), Places.Count, Width]);
        return new(tokens, TokenMasks.Present(field, Places.Count));
    }

    /// <inheritdoc/>
    /// <returns>Ids (B, L) and, as lengths, those before the first padding.</returns>
    public override BatchField Decode(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var ids = _bits.Decode(tokens.Reshape([tokens.Size(0), (long)Places.Count * Span, _bits.Count])).Narrow(1, 0, Shape.MaxLength);
        var before = ids.Eq(Shape.Special.Padding).To(DType.Int64).Cumsum(1).Eq(0).To(DType.Int64);
        return new(ids.MaskedFill(before.Eq(0), Shape.Special.Padding), before.Sum(1, keepDim: false));
    }
}
