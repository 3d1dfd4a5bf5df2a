using Selfsame.Models.FrontEnds;
using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Settings of a diffusion transformer with one time for every token.</summary>
public sealed record DiffusionTransformerSettings
{
    /// <summary>The blocks; always conditioned, with plain norms.</summary>
    public required TransformerSettings Blocks { get; init; }

    /// <summary>Values in a token: side · side · channels for patches.</summary>
    public required int TokenWidth { get; init; }

    /// <summary>Rows and columns of the token grid; 0 and 0 where tokens form none.</summary>
    public required (int Rows, int Columns) Grid { get; init; }

    /// <summary>Where the tokens of a sample lie; null for the cells of <see cref="Grid"/>, row by row.</summary>
    public IReadOnlyList<TokenPlace>? Places { get; init; }

    /// <summary>What the tokens are of. Default image.</summary>
    public string Modality { get; init; } = Selfsame.Modality.Image;

    /// <summary>Values of one channel of a token; the output of the last layer is laid out (<see cref="PatchArea"/>, channels).</summary>
    public int PatchArea { get; init; } = 1;

    /// <summary>Rows of the label table; the last one stands for "no label". 0 for no labels at all.</summary>
    public int Classes { get; init; }

    /// <summary>The last layer also puts out a second half, which is dropped, as in checkpoints trained to learn the variance.</summary>
    public bool LearnSigma { get; init; }

    /// <summary>Embed 1 − t and negate the output, so that weights of the official code (data at time 1 inside) give noise − data.</summary>
    public bool OfficialTime { get; init; } = true;

    /// <summary>Put the output's patch vectors into the order of the input, (channel, row, column).</summary>
    public bool ReorderOutput { get; init; } = true;
}

/// <summary>Transformer that predicts the flow velocity of tokens, each with its own noise level.</summary>
/// <remarks>
/// Peebles and Xie 2022, https://arxiv.org/abs/2212.09748; per-token times as in Self-Flow, https://arxiv.org/abs/2603.06507, section 3.
/// Parameter names are the official ones. Since tokens share few distinct times, embedding and modulation are computed once for each distinct time and picked up by index.
/// </remarks>
public sealed class DiffusionTransformer : Module, IVelocityModel
{
    private readonly InputProjection _input;
    private readonly DiffusionTrunk _trunk;
    private readonly FinalLayer _final;
    private readonly Parameter _positions;

    /// <summary>Makes the model.</summary>
    /// <param name="settings">Shape and options.</param>
    /// <param name="trunk">Parts shared with models of other modalities and owned by their family; null makes own ones.</param>
    public DiffusionTransformer(DiffusionTransformerSettings settings, DiffusionTrunk? trunk = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        var width = settings.Blocks.Width;
        _trunk = trunk ?? new DiffusionTrunk(settings.Blocks, settings.Classes);
        _input = Child("x_embedder", new InputProjection(settings.TokenWidth, width));
        if (trunk is null)
        {
            foreach (var (name, child) in _trunk.Children)
                Child(name, child);
        }

        _positions = Buffer("pos_embed", settings.Places is { } places
            ? Positions.SinCos(width, TokenPlaces.Coordinates(places), places.Count)
            : Positions.SinCos(width, settings.Grid.Rows, settings.Grid.Columns));
        var modulation = trunk is null ? _trunk.FinalModulation : null;
        _final = Child("final_layer", new FinalLayer(width, settings.TokenWidth * (settings.LearnSigma ? 2 : 1), modulation));
    }

    /// <summary>What the model was made from.</summary>
    public DiffusionTransformerSettings Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Modalities => [Settings.Modality];

    /// <inheritdoc/>
    public DiffusionTransformer this[string modality] => modality == Settings.Modality
        ? this
        : throw new KeyNotFoundException($"no model for {modality}; this one is for {Settings.Modality}");

    /// <inheritdoc/>
    public int Width => Settings.Blocks.Width;

    /// <summary>The blocks.</summary>
    public Transformer Blocks => _trunk.Blocks;

    /// <summary>Predicts the velocity dx/dt = noise − data.</summary>
    /// <param name="tokens">Noised tokens, (B, N, C), values of a patch as (channel, row, column).</param>
    /// <param name="times">Noise levels in [0, 1], 1 = pure noise: (B, G), the G distinct levels of a sample.</param>
    /// <param name="group">Which level each token has, (B, N), int64; null when G is 1 or N.</param>
    /// <param name="labels">Class ids, (B), int64; null without labels.</param>
    /// <param name="layers">When given, the tokens after each block are added to it.</param>
    /// <param name="mask">True where attention is allowed, broadcastable to (B, heads, N, N).</param>
    /// <returns>(B, N, C).</returns>
    public Tensor Forward(Tensor tokens, Tensor times, Tensor? group = null, Tensor? labels = null, IList<Tensor>? layers = null, Tensor? mask = null)
    {
        var condition = Condition(times, labels);
        var x = Blocks.Forward(Start(tokens), new BlockContext { Condition = condition, Group = group, Mask = mask }, layers: layers);
        return Finish(x, condition, group);
    }

    /// <summary>Runs the first blocks only: what a teacher is asked for.</summary>
    /// <param name="tokens">Noised tokens, (B, N, C).</param>
    /// <param name="times">(B, G).</param>
    /// <param name="last">Blocks to run, counted from 1.</param>
    /// <param name="group">(B, N) or null.</param>
    /// <param name="labels">(B) or null.</param>
    /// <param name="layers">When given, the tokens after each block are added to it.</param>
    /// <param name="mask">True where attention is allowed.</param>
    /// <param name="record">Takes the attention weights of one block.</param>
    /// <returns>Tokens after block <paramref name="last"/>, (B, N, D).</returns>
    public Tensor Features(
        Tensor tokens, Tensor times, int last, Tensor? group = null, Tensor? labels = null, IList<Tensor>? layers = null, Tensor? mask = null, AttentionRecord? record = null) =>
        Blocks.Forward(Start(tokens), new BlockContext { Condition = Condition(times, labels), Group = group, Mask = mask, Record = record }, last, layers);

    /// <summary>Time embedding alone.</summary>
    /// <param name="times">Noise levels, any shape.</param>
    /// <returns>(…, D).</returns>
    public Tensor EmbedTime(Tensor times) => _trunk.Time.Forward(Settings.OfficialTime ? 1.0 - times : times);

    /// <summary>Tokens as the blocks take them, with their positions.</summary>
    /// <param name="tokens">(B, N, C); N may be less than the places there are, never more.</param>
    /// <returns>(B, N, D).</returns>
    internal Tensor Start(Tensor tokens)
    {
        var places = _positions.Value;
        return _input.Forward(tokens) + (tokens.Size(1) == places.Size(1) ? places : places.Narrow(1, 0, tokens.Size(1)));
    }

    /// <summary>Condition vectors of noise levels and labels, (B, G, D).</summary>
    internal Tensor Condition(Tensor times, Tensor? labels)
    {
        var condition = EmbedTime(times);
        if (_trunk.Labels is null)
            return condition;
        return condition + _trunk.Labels.Forward(labels ?? throw new ArgumentNullException(nameof(labels), "the model was made with labels; give the last one for none")).Unsqueeze(1);
    }

    /// <summary>From the tokens after the last block to the velocity, (B, N, C).</summary>
    internal Tensor Finish(Tensor x, Tensor condition, Tensor? group)
    {
        var two = _trunk.FinalModulation.Forward(condition).Chunk(2, -1);
        var output = _final.Forward(Conditioning.NormModulate(x, two[0], two[1], group, Settings.Blocks.NormEps));
        if (Settings.PatchArea > 1 && (Settings.ReorderOutput || Settings.LearnSigma))
        {
            var (batch, count, values) = (output.Size(0), output.Size(1), output.Size(2));
            var cells = output.View([batch, count, Settings.PatchArea, values / Settings.PatchArea]);
            if (Settings.LearnSigma)
                cells = cells.Narrow(3, 0, cells.Size(3) / 2);
            output = (Settings.ReorderOutput ? cells.Transpose(2, 3) : cells).Reshape([batch, count, -1]);
        }
        else if (Settings.LearnSigma)
        {
            output = output.Narrow(2, 0, output.Size(2) / 2);
        }

        return Settings.OfficialTime ? -output : output;
    }

    /// <summary>Linear(tokens), named proj.</summary>
    private sealed class InputProjection : Module
    {
        private readonly Linear _proj;

        internal InputProjection(int values, int width) => _proj = Child("proj", new Linear(values, width, init: Init.XavierUniform));

        internal Tensor Forward(Tensor tokens) => _proj.Forward(tokens);
    }

    /// <summary>Linear(modulated tokens), started at zero. Holds the modulation only where it is not shared.</summary>
    private sealed class FinalLayer : Module
    {
        private readonly Linear _linear;

        internal FinalLayer(int width, int outputs, Modulation? modulation)
        {
            _linear = Child("linear", new Linear(width, outputs, init: Init.Zeros));
            if (modulation is not null)
                Child("adaLN_modulation", modulation);
        }

        internal Tensor Forward(Tensor x) => _linear.Forward(x);
    }
}

/// <summary>Row of a table for each label.</summary>
internal sealed class LabelEmbedding : Module
{
    private readonly Embedding _table;

    internal LabelEmbedding(int classes, int width) => _table = Child("embedding_table", new Embedding(classes, width));

    internal Tensor Forward(Tensor labels) => _table.Forward(labels);
}

/// <summary>Sinusoidal features of a time, then two linear layers. Frequencies 10000^(-i/128), cosines first; the time is not scaled.</summary>
public sealed class TimeEmbedding : Module
{
    private readonly Parts _mlp;
    private readonly Tensor _frequencies;

    /// <summary>Makes the layers.</summary>
    /// <param name="features">Sinusoidal features, even.</param>
    /// <param name="width">Width of the result.</param>
    public TimeEmbedding(int features, int width)
    {
        var half = features / 2;
        var frequencies = new float[half];
        for (var k = 0; k < half; k++)
            frequencies[k] = (float)Math.Exp(-Math.Log(10000) * k / half);
        _frequencies = Constant(Tensor.From<float>(frequencies));
        _mlp = Child("mlp", new Parts(features, width));
    }

    /// <param name="times">Any shape.</param>
    /// <returns>(…, width).</returns>
    public Tensor Forward(Tensor times)
    {
        ArgumentNullException.ThrowIfNull(times);
        var angles = times.Unsqueeze(-1) * _frequencies;
        return _mlp.Forward(Ops.Cat([angles.Cos(), angles.Sin()], -1));
    }

    private sealed class Parts : Module
    {
        private readonly Linear _first, _second;

        internal Parts(int features, int width)
        {
            _first = Child("0", new Linear(features, width, init: Init.Normal(0.02), activation: Activation.Silu));
            _second = Child("2", new Linear(width, width, init: Init.Normal(0.02)));
        }

        internal Tensor Forward(Tensor x) => _second.Forward(_first.Forward(x));
    }
}
