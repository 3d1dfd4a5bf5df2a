using Selfsame.Modalities;
using Selfsame.Models.FrontEnds;
using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Settings of an encoder of several modalities.</summary>
public sealed record MultiModalSettings
{
    /// <summary>The modalities, in the order of the sequence.</summary>
    public required IReadOnlyList<InputShape> Inputs { get; init; }

    /// <summary>The blocks.</summary>
    public required TransformerSettings Blocks { get; init; }

    /// <summary>Side of a patch of pictures and films.</summary>
    public int Patch { get; init; } = 16;

    /// <summary>Frames of a tube of a film.</summary>
    public int Tubelet { get; init; } = 2;

    /// <summary>Frames and bins of a patch of a spectrogram.</summary>
    public (int Frames, int Bins) SpectrogramPatch { get; init; } = (16, 16);

    /// <summary>Samples of a frame of a waveform.</summary>
    public int WaveformFrame { get; init; } = 320;

    /// <summary>Kind of positions. Rotary ones turn a quarter of a head's channels by time, row, column and index each.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Learned;

    /// <summary>Put a class token in front of the sequence.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Register tokens after the class token (https://arxiv.org/abs/2309.16588).</summary>
    public int Registers { get; init; }
}

/// <summary>
/// One Transformer over all modalities: a front end for each, a learned vector that says which modality a token is of, the tokens of
/// those present one after the other as one sequence. Attention sees neither padding nor what a sample lacks.
/// </summary>
/// <remarks>The layout of Bachmann et al. 2022, MultiMAE, https://arxiv.org/abs/2204.01678, with any of the modalities missing in any of the samples.</remarks>
public sealed class MultiModalEncoder : Module
{
    private const int Axes = 4;

    private readonly List<(FrontEnd FrontEnd, Parameter Kind, long Offset)> _inputs = [];
    private readonly Parameter? _classToken, _registers;
    private readonly RotaryPositions? _rotary;
    private readonly LayerNorm _norm;

    /// <summary>Makes the front ends and the blocks.</summary>
    /// <exception cref="ShapeException">A sample is not a whole number of patches, or a head can't be shared by the rotary axes.</exception>
    public MultiModalEncoder(MultiModalSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        var width = settings.Blocks.Width;
        if (settings.ClassToken)
            _classToken = Trainable("cls_token", Init.Normal(1e-6), 1, 1, width);
        if (settings.Registers > 0)
            _registers = Trainable("reg_token", Init.Normal(1e-6), 1, settings.Registers, width);
        var offset = (long)Prefix;
        foreach (var input in settings.Inputs)
        {
            var frontEnd = Child(input.Modality, Make(input, settings));
            _inputs.Add((frontEnd, Trainable($"modality_{input.Modality}", Init.Normal(0.02), 1, 1, width), offset));
            offset += frontEnd.Places.Count;
        }

        if (settings.Positions == PositionKind.Rope)
            _rotary = Child("rotary", new RotaryPositions(Coordinates((int)offset), (int)offset, width / settings.Blocks.Heads));
        Blocks = Child("blocks", new Transformer(settings.Blocks));
        _norm = Child("norm", new LayerNorm(width, settings.Blocks.NormEps));
    }

    /// <summary>What the model was made from.</summary>
    public MultiModalSettings Settings { get; }

    /// <summary>The blocks.</summary>
    public Transformer Blocks { get; }

    /// <summary>Tokens in front of the sequence.</summary>
    public int Prefix => (Settings.ClassToken ? 1 : 0) + Settings.Registers;

    /// <summary>One for each modality, in the order of the sequence.</summary>
    public IReadOnlyList<FrontEnd> FrontEnds => _inputs.ConvertAll(input => input.FrontEnd);

    /// <summary>The modalities of a batch as one sequence, without prefix.</summary>
    /// <param name="fields">The batch by modality; at least one of those that the encoder reads.</param>
    /// <exception cref="ArgumentException">The batch has none of the modalities.</exception>
    public TokenSequence Embed(IReadOnlyDictionary<string, BatchField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var (tokens, places, slices) = (new List<Tensor>(), new List<Tensor>(), new List<ModalitySlice>());
        var (start, hidden) = (0L, false);
        foreach (var (frontEnd, kind, offset) in _inputs)
        {
            if (!fields.TryGetValue(frontEnd.Name, out var values))
                continue;
            var made = frontEnd.Forward(values);
            var count = made.Values.Size(1);
            tokens.Add(made.Values + kind.Value);
            places.Add(Ops.Arange(count, dtype: DType.Int64, device: made.Values.Device).Add(offset));
            slices.Add(new(frontEnd, start, count, made));
            start += count;
            hidden |= made.Real is not null;
        }

        if (slices.Count == 0)
            throw new ArgumentException($"the batch has {string.Join(", ", fields.Keys)}; this encoder reads {string.Join(", ", _inputs.Select(input => input.FrontEnd.Name))}", nameof(fields));
        var rows = tokens[0].Size(0);
        Tensor? real = null;
        if (hidden)
            real = Joined(slices.ConvertAll(slice => slice.Source.Real ?? Ops.Ones([rows, slice.Count], DType.Bool, slice.Source.Values.Device)), 1);
        return new(Joined(tokens, 1), real, Joined(places, 0).Unsqueeze(0).Expand([rows, -1]), slices);
    }

    /// <summary>Runs the blocks and the final norm over a sequence.</summary>
    /// <param name="sequence">From <see cref="Embed"/>, all of it or what was kept.</param>
    /// <param name="layers">When given, the tokens after each block are added to it.</param>
    /// <param name="dropDraws">Draws for drop path, see <see cref="BlockContext.DropDraws"/>.</param>
    /// <param name="lastTokens">Tokens in front that are wanted of the last block, see <see cref="BlockContext.LastTokens"/>; null for all.</param>
    /// <returns>(B, prefix + K, D), or (B, lastTokens, D).</returns>
    public Tensor Encode(TokenSequence sequence, IList<Tensor>? layers = null, float[]? dropDraws = null, int? lastTokens = null)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        var x = WithPrefix(sequence.Tokens);
        var context = new BlockContext
        {
            Mask = Mask(sequence)?.Unsqueeze(1).Unsqueeze(1),
            Rotary = _rotary,
            Places = _rotary is null ? null : PlacesOf(sequence),
            DropDraws = dropDraws,
            LastTokens = lastTokens,
        };
        return _norm.Forward(Blocks.Forward(x, context, layers: layers));
    }

    /// <summary>Which tokens of the encoder's output are real, (B, prefix + K), bool; null where all are.</summary>
    public Tensor? Mask(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return sequence.Real is { } real && Prefix > 0 ? Ops.Cat([Ops.Ones([real.Size(0), Prefix], DType.Bool, real.Device), real], 1) : sequence.Real;
    }

    /// <summary>Leaves out the prefix.</summary>
    /// <param name="tokens">(B, prefix + K, D).</param>
    public Tensor WithoutPrefix(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.Narrow(1, Prefix, tokens.Size(1) - Prefix);
    }

    private static Tensor Joined(List<Tensor> parts, int axis) => parts.Count == 1 ? parts[0] : Ops.Cat([.. parts], axis);

    private static FrontEnd Make(InputShape input, MultiModalSettings settings)
    {
        var (width, positions) = (settings.Blocks.Width, settings.Positions);
        return input switch
        {
            ImageShape image => new ImageFrontEnd(image, settings.Patch, width, positions),
            DepthShape depth => new ImageFrontEnd(new(depth.Height, depth.Width, 1), settings.Patch, width, positions, input.Modality),
            VideoShape video => new VideoFrontEnd(video, settings.Tubelet, settings.Patch, width, positions),
            AudioShape { Bins: > 0 } sound => new SpectrogramFrontEnd(sound, settings.SpectrogramPatch.Frames, settings.SpectrogramPatch.Bins, width, positions),
            AudioShape sound => new WaveformFrontEnd(sound, settings.WaveformFrame, width, positions),
            TextShape text => new TextFrontEnd(text, width, positions),
            _ => throw new ArgumentException($"there is no front end for {input.GetType().Name}", nameof(settings)),
        };
    }

    private float[] Coordinates(int places)
    {
        var coordinates = new float[places * Axes];  // prefix tokens stay at the origin
        foreach (var (frontEnd, _, offset) in _inputs)
        {
            for (var n = 0; n < frontEnd.Places.Count; n++)
            {
                var place = frontEnd.Places[n];
                var at = coordinates.AsSpan((int)(offset + n) * Axes, Axes);
                (at[0], at[1], at[2], at[3]) = (place.Time, place.Row, place.Column, place.Index);
            }
        }

        return coordinates;
    }

    private Tensor PlacesOf(TokenSequence sequence)
    {
        if (Prefix == 0)
            return sequence.Places;
        var prefix = Ops.Arange(Prefix, dtype: DType.Int64, device: sequence.Places.Device).Expand([sequence.Places.Size(0), -1]);
        return Ops.Cat([prefix, sequence.Places], 1);
    }

    private Tensor WithPrefix(Tensor tokens)
    {
        if (Prefix == 0)
            return tokens;
        var parts = new List<Tensor>(3);
        foreach (var token in new[] { _classToken, _registers })
        {
            if (token is not null)
                parts.Add(token.Value.Expand([tokens.Size(0), -1, -1]));
        }

        return Ops.Cat([.. parts, tokens], 1);
    }
}
