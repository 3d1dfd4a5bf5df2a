using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Settings of <see cref="TextEmbedding"/>.</summary>
public sealed record TextEmbeddingSettings
{
    /// <summary>Tokens there are, the special ones included.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Rows of the position table; with <see cref="CountFromPadding"/> as many more as the padding's id plus one.</summary>
    public required int Positions { get; init; }

    /// <summary>Id that fills short rows.</summary>
    public int Padding { get; init; }

    /// <summary>Id that stands for a hidden token; null where the vocabulary has none.</summary>
    public int? Mask { get; init; }

    /// <summary>Ids that mark something rather than being text, such as the begin and the end; they are never hidden.</summary>
    public IReadOnlyList<int> Marks { get; init; } = [];

    /// <summary>Kinds of segments (BERT has 2); 0 for no such table.</summary>
    public int Segments { get; init; }

    /// <summary>Count positions from the padding's id + 1, over tokens that are no padding, as fairseq and RoBERTa do; otherwise from 0.</summary>
    public bool CountFromPadding { get; init; }

    /// <summary>Factor of the token's vector; fairseq has √D unless it is told otherwise.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Layer norm on the sum.</summary>
    public bool Norm { get; init; } = true;

    /// <summary>Make places of padding zero.</summary>
    public bool ZeroPadding { get; init; }

    /// <summary>Added to variances.</summary>
    public double NormEps { get; init; } = 1e-12;
}

/// <summary>Token, position and segment vectors, and the norm over their sum. Devlin et al. 2018, https://arxiv.org/abs/1810.04805, figure 2.</summary>
public sealed class TextEmbedding : Module
{
    private readonly Embedding _words, _places;
    private readonly Embedding? _segments;
    private readonly LayerNorm? _norm;

    /// <summary>Makes the tables under Hugging Face's names.</summary>
    public TextEmbedding(TextEmbeddingSettings settings, int width)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        _words = Child("word_embeddings", new Embedding(settings.Vocabulary, width));
        _places = Child("position_embeddings", new Embedding(settings.Positions, width));
        if (settings.Segments > 0)
            _segments = Child("token_type_embeddings", new Embedding(settings.Segments, width));
        if (settings.Norm)
            _norm = Child("norm", new LayerNorm(width, settings.NormEps));
    }

    /// <summary>What the tables were made from.</summary>
    public TextEmbeddingSettings Settings { get; }

    /// <summary>Table of token vectors, (vocabulary, D); serves as output matrix in masked language models too.</summary>
    public Tensor Words => _words.Weight;

    /// <summary>Token vectors alone.</summary>
    /// <param name="ids">(B, N), int64.</param>
    /// <returns>(B, N, D).</returns>
    public Tensor Lookup(Tensor ids)
    {
        var words = _words.Forward(ids);
        return Settings.Scale == 1 ? words : words * Settings.Scale;
    }

    /// <summary>Adds positions and segments.</summary>
    /// <param name="tokens">Token vectors, where there is padding, and places.</param>
    /// <param name="segments">Segment of each token, (B, N), int64; null takes the first for all.</param>
    /// <returns>(B, N, D).</returns>
    public Tensor Place(EmbeddedTokens tokens, Tensor? segments = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var places = tokens.Places ?? Ops.Arange(tokens.Values.Size(1), dtype: DType.Int64, device: tokens.Values.Device).Unsqueeze(0);
        var x = tokens.Values + _places.Forward(places);
        if (_segments is not null)
            x += segments is null ? _segments.Weight.Narrow(0, 0, 1) : _segments.Forward(segments);
        if (_norm is not null)
            x = _norm.Forward(x, x.DType);
        return Settings.ZeroPadding && tokens.Padding is not null ? x.MaskedFill(tokens.Padding.Unsqueeze(-1), 0.0) : x;
    }

    /// <summary>Row of the position table that each token takes.</summary>
    /// <param name="ids">(B, N), int64.</param>
    /// <returns>(B, N) or (1, N), int64.</returns>
    /// <exception cref="ShapeException">The rows are longer than the position table.</exception>
    public Tensor PlacesOf(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var count = ids.Size(1);
        var first = Settings.CountFromPadding ? Settings.Padding + 1 : 0;
        if (first + count > Settings.Positions)
            throw new ShapeException($"A row of {count} tokens needs {first + count} positions; the table has {Settings.Positions}. Cut the text, or make the table longer.");
        if (!Settings.CountFromPadding)
            return Ops.Arange(count, dtype: DType.Int64, device: ids.Device).Unsqueeze(0);
        var present = ids.Eq(Settings.Padding).LogicalNot().To(DType.Int64);
        return (present.Cumsum(1) * present).Add(Settings.Padding);
    }
}

/// <summary>Settings of a <see cref="TextEncoder"/>.</summary>
public sealed record TextEncoderSettings
{
    /// <summary>Tables in front of the blocks.</summary>
    public required TextEmbeddingSettings Embedding { get; init; }

    /// <summary>The blocks. Pre-norm ones have a norm after the last.</summary>
    public required TransformerSettings Blocks { get; init; }

    /// <summary>A tanh layer on the first token, as BERT has.</summary>
    public bool Pooler { get; init; }
}

/// <summary>Token ids to context: BERT, RoBERTa, and the text side of data2vec.</summary>
public sealed class TextEncoder : ContextEncoder
{
    private readonly LayerNorm? _norm;
    private readonly Linear? _pooler;

    /// <summary>Makes the model.</summary>
    public TextEncoder(TextEncoderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        var width = settings.Blocks.Width;
        Embedding = Child("embeddings", new TextEmbedding(settings.Embedding, width));
        Blocks = Child("blocks", new Transformer(settings.Blocks));
        if (!settings.Blocks.PostNorm)
            _norm = Child("norm", new LayerNorm(width, settings.Blocks.NormEps));
        if (settings.Pooler)
            _pooler = Child("pooler.dense", new Linear(width, width));
    }

    /// <summary>What the model was made from.</summary>
    public TextEncoderSettings Settings { get; }

    /// <summary>Tables in front of the blocks.</summary>
    public TextEmbedding Embedding { get; }

    /// <summary>The blocks.</summary>
    public Transformer Blocks { get; }

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Text;

    /// <inheritdoc/>
    public override double DropPath => Settings.Blocks.DropPath;

    /// <inheritdoc/>
    public override bool SharesTokens => false;

    /// <inheritdoc/>
    public override int Width => Settings.Blocks.Width;

    /// <inheritdoc/>
    public override int Depth => Settings.Blocks.Depth;

    /// <inheritdoc/>
    public override Tensor? MaskToken => Settings.Embedding.Mask is { } mask ? Embedding.Words.Select(0, mask) * Settings.Embedding.Scale : null;

    /// <inheritdoc/>
    public override EmbeddedTokens Embed(Tensor samples, Tensor? padding = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return new EmbeddedTokens(Embedding.Lookup(samples), padding, Embedding.PlacesOf(samples));
    }

    /// <inheritdoc/>
    public override Tensor? Locked(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Tensor? locked = null;
        foreach (var mark in Settings.Embedding.Marks)
            locked = locked is null ? samples.Eq(mark) : locked.LogicalOr(samples.Eq(mark));
        return locked;
    }

    /// <summary>Which ids are padding.</summary>
    /// <param name="ids">(B, N), int64.</param>
    /// <returns>(B, N), bool.</returns>
    public Tensor PaddingOf(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Eq(Settings.Embedding.Padding);
    }

    /// <inheritdoc/>
    public override Tensor Contextualize(EmbeddedTokens tokens, LayerTaps? taps = null) => Contextualize(tokens, null, taps);

    /// <summary>Second half, with segments.</summary>
    /// <param name="tokens">From <see cref="Embed"/>.</param>
    /// <param name="segments">Segment of each token, (B, N), int64; null takes the first for all.</param>
    /// <param name="taps">What to note on the way.</param>
    /// <returns>(B, N, D).</returns>
    public Tensor Contextualize(EmbeddedTokens tokens, Tensor? segments, LayerTaps? taps)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var x = Blocks.Forward(
            Embedding.Place(tokens, segments),
            new BlockContext { Mask = BlockContext.KeyMask(tokens.Padding), DropDraws = taps?.DropDraws, FeedForwards = taps?.FeedForwards },
            layers: taps?.Blocks);
        return _norm is null ? x : _norm.Forward(x);
    }

    /// <summary>tanh(Linear(first token)).</summary>
    /// <param name="tokens">From <see cref="Contextualize(EmbeddedTokens, LayerTaps?)"/>.</param>
    /// <returns>(B, D).</returns>
    /// <exception cref="InvalidOperationException">The model was made without a pooler.</exception>
    public Tensor Pool(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var pooler = _pooler ?? throw new InvalidOperationException("the model was made without a pooler");
        return pooler.Forward(tokens.Select(1, 0)).Tanh();
    }

    /// <inheritdoc/>
    public override bool IsLocal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith("embeddings.", StringComparison.Ordinal);
    }
}

/// <summary>Hidden states to scores for every token: linear, GELU, norm, then the table of token vectors and a bias. Devlin et al. 2018, https://arxiv.org/abs/1810.04805, section 3.1.</summary>
public sealed class MaskedLanguageHead : Module
{
    private readonly Linear _dense;
    private readonly LayerNorm _norm;
    private readonly Parameter _bias;

    /// <summary>Makes the head.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="vocabulary">Tokens there are.</param>
    /// <param name="eps">Added to variances.</param>
    /// <param name="kind">Activation after the linear layer; not a gated one.</param>
    public MaskedLanguageHead(int width, int vocabulary, double eps = 1e-12, MlpKind kind = MlpKind.Gelu)
    {
        _dense = Child("dense", new Linear(width, width, activation: kind switch
        {
            MlpKind.Gelu => Activation.Gelu,
            MlpKind.GeluTanh => Activation.GeluTanh,
            MlpKind.Silu => Activation.Silu,
            MlpKind.Relu => Activation.Relu,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "known: Gelu, GeluTanh, Silu, Relu"),
        }));
        _norm = Child("norm", new LayerNorm(width, eps));
        _bias = Trainable("bias", Init.Zeros, vocabulary);
    }

    /// <param name="tokens">(…, D).</param>
    /// <param name="words">Table of token vectors, (vocabulary, D).</param>
    /// <returns>(…, vocabulary).</returns>
    public Tensor Forward(Tensor tokens, Tensor words) =>
        Observed(_norm.Forward(_dense.Forward(tokens)).FusedLinear(words, _bias.Value, null, "none"));
}
