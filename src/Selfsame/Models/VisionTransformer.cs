using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Where a Vision Transformer's tokens learn their place.</summary>
public enum PositionKind
{
    /// <summary>A learned table.</summary>
    Learned,

    /// <summary>A fixed 2-D sine-cosine table.</summary>
    Sincos,

    /// <summary>Rotary positions in the attention, 2-D.</summary>
    Rope,

    /// <summary>A learned bias in the attention by relative position, one table for all blocks, with entries for the class token: data2vec, BEiT.</summary>
    Relative,

    /// <summary>None.</summary>
    None,
}

/// <summary>How tokens become one vector.</summary>
public enum PoolKind
{
    /// <summary>The class token.</summary>
    Token,

    /// <summary>Mean of the patch tokens.</summary>
    Average,

    /// <summary>One learned query attends to all tokens.</summary>
    Map,
}

/// <summary>Settings of a Vision Transformer.</summary>
public sealed record VisionTransformerSettings
{
    /// <summary>Height and width of the picture, multiples of <see cref="Patch"/>.</summary>
    public required (int Height, int Width) ImageSize { get; init; }

    /// <summary>Side of a patch.</summary>
    public required int Patch { get; init; }

    /// <summary>Channels of the picture.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>The blocks.</summary>
    public required TransformerSettings Blocks { get; init; }

    /// <summary>Kind of positions.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Learned;

    /// <summary>Put a class token in front.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Put a distillation token after the class token (DeiT, https://arxiv.org/abs/2012.12877).</summary>
    public bool Distilled { get; init; }

    /// <summary>Register tokens after the class token (https://arxiv.org/abs/2309.16588).</summary>
    public int Registers { get; init; }

    /// <summary>The position table covers patches only and is added before the prefix tokens are put in front.</summary>
    public bool NoEmbedClass { get; init; }

    /// <summary>Register tokens have rows in the position table, as in timm; DINOv2's have none and stand behind the positions. Default true.</summary>
    public bool RegisterPositions { get; init; } = true;

    /// <summary>A learned token that stands for patches that are hidden from the model (BEiT, DINOv2).</summary>
    public bool MaskToken { get; init; }

    /// <summary>Layer norm right after the embedding; the patch embedding then has no bias.</summary>
    public bool PreNorm { get; init; }

    /// <summary>How tokens become one vector.</summary>
    public PoolKind Pool { get; init; } = PoolKind.Token;

    /// <summary>Normalise the pooled vector (timm's fc_norm) instead of all tokens; null does so for <see cref="PoolKind.Average"/> only, as timm does.</summary>
    public bool? NormAfterPool { get; init; }

    /// <summary>Normalise all tokens after the last block, unless the pooled vector is normalised instead. Default true.</summary>
    public bool FinalNorm { get; init; } = true;

    /// <summary>Width of a tanh layer between class token and head; null for none.</summary>
    public int? RepresentationSize { get; init; }

    /// <summary>Outputs of the classifier; 0 for none.</summary>
    public int Classes { get; init; }

    /// <summary>Rows and columns of the patch grid.</summary>
    public (int Rows, int Columns) Grid => (ImageSize.Height / Patch, ImageSize.Width / Patch);

    /// <summary>Tokens in front of the patches.</summary>
    public int Prefix => (ClassToken ? 1 : 0) + (Distilled ? 1 : 0) + Registers;

    /// <summary>Rows of the position table that belong to tokens in front of the patches.</summary>
    public int PlacedPrefix => NoEmbedClass ? 0 : RegisterPositions ? Prefix : Prefix - Registers;
}

/// <summary>Vision Transformer under timm's parameter names. Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929.</summary>
public sealed class VisionTransformer : ContextEncoder, IBackbone
{
    private readonly Parameter? _classToken, _distillationToken, _registers, _positions, _maskToken;
    private readonly PatchEmbedding _patchEmbed;
    private readonly LayerNorm? _normPre, _norm, _fcNorm;
    private readonly AttentionPool? _attentionPool;
    private readonly RotaryPositions? _rotary;
    private readonly PreLogits? _preLogits;
    private readonly Linear? _head, _headDistilled;

    /// <summary>Makes the model.</summary>
    /// <exception cref="ShapeException">The picture is not a whole number of patches.</exception>
    public VisionTransformer(VisionTransformerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        var blocks = BlocksOf(settings);
        Patches.RequireWhole(settings.ImageSize.Height, settings.ImageSize.Width, settings.Patch);
        var (rows, columns) = settings.Grid;
        if (settings.ClassToken)
            _classToken = Trainable("cls_token", Init.Normal(1e-6), 1, 1, blocks.Width);
        if (settings.Distilled)
            _distillationToken = Trainable("dist_token", Init.TruncatedNormal(0.02), 1, 1, blocks.Width);
        if (settings.Registers > 0)
            _registers = Trainable("reg_token", Init.Normal(1e-6), 1, settings.Registers, blocks.Width);
        if (settings.MaskToken)
            _maskToken = Trainable("mask_token", Init.TruncatedNormal(0.02), 1, 1, blocks.Width);
        var covered = settings.PlacedPrefix;
        _positions = settings.Positions switch
        {
            PositionKind.Learned => Trainable("pos_embed", Init.TruncatedNormal(0.02), 1, covered + ((long)rows * columns), blocks.Width),
            PositionKind.Sincos => Buffer("pos_embed", Models.Positions.SinCos(blocks.Width, rows, columns, covered)),
            PositionKind.Rope or PositionKind.Relative or PositionKind.None => null,
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Positions, "known: Learned, Sincos, Rope, Relative, None"),
        };
        if (settings.Positions == PositionKind.Rope)
            _rotary = Child("rotary", RotaryOf(settings));
        _patchEmbed = Child("patch_embed", new PatchEmbedding(settings.Channels, settings.Patch, blocks.Width, bias: !settings.PreNorm));
        if (settings.PreNorm)
            _normPre = Child("norm_pre", new LayerNorm(blocks.Width, blocks.NormEps));
        Blocks = Child("blocks", new Transformer(blocks));
        if (settings.NormAfterPool ?? settings.Pool == PoolKind.Average)
            _fcNorm = Child("fc_norm", new LayerNorm(blocks.Width, blocks.NormEps));
        else if (settings.FinalNorm)
            _norm = Child("norm", new LayerNorm(blocks.Width, blocks.NormEps));
        if (settings.Pool == PoolKind.Map)
            _attentionPool = Child("attn_pool", new AttentionPool(blocks));
        if (settings.RepresentationSize is { } size)
            _preLogits = Child("pre_logits", new PreLogits(blocks.Width, size));
        if (settings.Classes > 0)
            _head = Child("head", new Linear(settings.RepresentationSize ?? blocks.Width, settings.Classes));
        if (settings.Classes > 0 && settings.Distilled)
            _headDistilled = Child("head_dist", new Linear(blocks.Width, settings.Classes));
    }

    /// <summary>What the model was made from.</summary>
    public VisionTransformerSettings Settings { get; }

    /// <summary>The blocks.</summary>
    public Transformer Blocks { get; }

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Image;

    /// <inheritdoc/>
    public override double DropPath => Settings.Blocks.DropPath;

    /// <inheritdoc/>
    public override (int Rows, int Columns) Grid => Settings.Grid;

    /// <inheritdoc/>
    public override int Width => Settings.Blocks.Width;

    /// <inheritdoc/>
    public override int Depth => Settings.Blocks.Depth;

    /// <inheritdoc/>
    public override int Prefix => Settings.Prefix;

    /// <summary>Patches as tokens, without positions.</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <returns>(B, N, D), row-major over the grid.</returns>
    public Tensor Embed(Tensor image) => _patchEmbed.Forward(image);

    /// <inheritdoc/>
    public override Tensor? MaskToken => _maskToken?.Value.View([-1]);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">A padding is given: pictures of a batch have one size.</exception>
    public override EmbeddedTokens Embed(Tensor samples, Tensor? padding) =>
        padding is null ? new EmbeddedTokens(Embed(samples)) : throw new NotSupportedException("pictures of a batch have one size; there is no padding to mask");

    /// <inheritdoc/>
    public override Tensor Contextualize(EmbeddedTokens tokens, LayerTaps? taps = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return Run(Placed(tokens.Values, null), null, taps);
    }

    /// <inheritdoc/>
    public override bool IsLocal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return !name.StartsWith("blocks.", StringComparison.Ordinal) && !name.StartsWith("norm.", StringComparison.Ordinal);
    }

    /// <summary>What the first block sees: patches with positions, behind the prefix tokens.</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <param name="kept">Indices of the patches to encode, (B, K), int64; null takes all.</param>
    /// <param name="hidden">True where the mask token stands for a patch, (B, N), bool; null hides none.</param>
    /// <returns>(B, prefix + K, D).</returns>
    /// <exception cref="InvalidOperationException">Patches are hidden, and the model has no mask token.</exception>
    public Tensor Tokens(Tensor image, Tensor? kept = null, Tensor? hidden = null)
    {
        if (hidden is null)
            return Placed(_patchEmbed.Forward(image, kept), kept);
        var patches = new EmbeddedTokens(Embed(image)).Hide(hidden, MaskToken ?? throw new InvalidOperationException("the model was made without a mask token")).Values;
        return Placed(kept is null ? patches : Patches.Take(patches, kept), kept);
    }

    /// <summary>Embeds pictures and runs the blocks and the final norm (unless it comes after the pooling).</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <param name="kept">Indices of the patches to encode, (B, K), int64; null encodes all.</param>
    /// <param name="layers">When given, the tokens after each block are added to it.</param>
    /// <param name="dropDraws">Draws for drop path, see <see cref="BlockContext.DropDraws"/>.</param>
    /// <param name="hidden">True where the mask token stands for a patch, (B, N), bool; null hides none.</param>
    /// <param name="record">Takes the attention weights of one block.</param>
    /// <returns>(B, prefix + K, D).</returns>
    public Tensor Encode(Tensor image, Tensor? kept = null, IList<Tensor>? layers = null, float[]? dropDraws = null, Tensor? hidden = null, AttentionRecord? record = null) =>
        Run(Tokens(image, kept, hidden), kept, new LayerTaps { Blocks = layers, DropDraws = dropDraws, Record = record });

    /// <summary>The prefix tokens alone, as <see cref="Encode"/> gives them; the last block's feed-forward part runs for no other.</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <returns>(B, prefix, D).</returns>
    /// <exception cref="InvalidOperationException">The model has no prefix tokens.</exception>
    public Tensor EncodePrefix(Tensor image) => Settings.Prefix > 0
        ? Run(Tokens(image), null, new LayerTaps { LastTokens = Settings.Prefix })
        : throw new InvalidOperationException("the model has neither class token nor registers");

    private Tensor Run(Tensor tokens, Tensor? kept, LayerTaps? taps)
    {
        if (kept is not null && Settings.Positions == PositionKind.Relative)
            throw new NotSupportedException("relative positions need all patches; use learned, sincos or rope positions where patches are dropped");
        var places = _rotary is not null && kept is not null ? Places(kept) : null;
        var context = new BlockContext { Rotary = _rotary, Places = places, DropDraws = taps?.DropDraws, FeedForwards = taps?.FeedForwards, Record = taps?.Record, LastTokens = taps?.LastTokens };
        return Normed(Blocks.Forward(tokens, context, layers: taps?.Blocks));
    }

    /// <summary>The final norm, where the model has one before its pooling.</summary>
    /// <param name="tokens">Tokens after any block, (B, N, D).</param>
    public Tensor Normed(Tensor tokens) => _norm is null ? tokens : _norm.Forward(tokens);

    /// <summary>Brings a position table of another grid to this model's.</summary>
    /// <param name="table">(1, prefix + cells, D), of a square grid.</param>
    /// <param name="kind">Interpolation.</param>
    /// <param name="offset">See <see cref="Models.Positions.Resample"/>.</param>
    /// <param name="grid">Rows and columns of the table's grid; null takes it as square.</param>
    /// <exception cref="ShapeException">The table's grid is not square.</exception>
    public Tensor FitPositions(Tensor table, PositionResampling kind, double offset = 0, (int Rows, int Columns)? grid = null) =>
        Models.Positions.Resample(table, Settings.PlacedPrefix, Settings.Grid.Rows, Settings.Grid.Columns, grid?.Rows ?? 0, kind, offset);

    /// <summary>One vector a picture.</summary>
    /// <param name="tokens">Output of <see cref="Encode"/>.</param>
    /// <returns>(B, D).</returns>
    public Tensor Pool(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var pooled = Settings.Pool switch
        {
            PoolKind.Token => tokens.Select(1, 0),
            PoolKind.Average => tokens.Narrow(1, Settings.Prefix, tokens.Size(1) - Settings.Prefix).Mean(1, keepDim: false),
            PoolKind.Map => _attentionPool!.Forward(tokens),
            _ => throw new InvalidOperationException($"pooling {Settings.Pool} is not known"),
        };
        if (_fcNorm is not null)
            pooled = _fcNorm.Forward(pooled);
        return _preLogits is null ? pooled : _preLogits.Forward(pooled);
    }

    /// <summary>The distillation token after the final norm, (B, D).</summary>
    public static Tensor DistillationToken(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.Select(1, 1);
    }

    /// <summary>Class scores. Distilled models give the mean of both heads, as in evaluation.</summary>
    /// <param name="tokens">Output of <see cref="Encode"/>.</param>
    /// <returns>(B, classes).</returns>
    public Tensor Classify(Tensor tokens)
    {
        var head = _head ?? throw new InvalidOperationException("the model was made without a classifier (classes = 0)");
        var logits = head.Forward(Pool(tokens));
        return _headDistilled is null ? logits : (logits + _headDistilled.Forward(DistillationToken(tokens))) / 2.0;
    }

    // Rotary places of the prefix tokens, then of the patches that were kept.
    private Tensor Places(Tensor kept)
    {
        if (Settings.Prefix == 0)
            return kept;
        var prefix = Ops.Arange(Settings.Prefix, dtype: DType.Int64, device: kept.Device).Expand([kept.Size(0), -1]);
        return Ops.Cat([prefix, kept.Add(Settings.Prefix)], 1);  // of whole numbers: adding a double would make them real
    }

    private Tensor Placed(Tensor patches, Tensor? kept)
    {
        var x = WithPrefix(_positions is null ? patches : patches + PositionsOf(_positions.Value, kept));
        return _normPre is null ? x : _normPre.Forward(x);
    }

    // (1, N, D), or those of the patches that were kept, (B, K, D).
    private Tensor PositionsOf(Tensor table, Tensor? kept)
    {
        var places = table.Narrow(1, Settings.PlacedPrefix, table.Size(1) - Settings.PlacedPrefix);
        return kept is null ? places : Patches.Take(places.Expand([kept.Size(0), -1, -1]), kept);
    }

    private Tensor WithPrefix(Tensor patches)
    {
        if (Settings.Prefix == 0)
            return patches;
        var parts = new List<Tensor>(3);
        foreach (var token in new[] { _classToken, _distillationToken, _registers })
        {
            if (token is not null)
                parts.Add(token.Value);
        }

        var prefix = parts.Count == 1 ? parts[0] : Ops.Cat([.. parts], 1);
        if (_positions is not null && Settings.PlacedPrefix is > 0 and var covered)
        {
            var placed = _positions.Value.Narrow(1, 0, covered);
            prefix = covered == Settings.Prefix ? prefix + placed : Ops.Cat([prefix.Narrow(1, 0, covered) + placed, prefix.Narrow(1, covered, Settings.Prefix - covered)], 1);
        }

        return Ops.Cat([prefix.Expand([patches.Size(0), -1, -1]), patches], 1);
    }

    private static TransformerSettings BlocksOf(VisionTransformerSettings settings)
    {
        if (settings.Positions != PositionKind.Relative)
            return settings.Blocks;
        if (settings.Prefix != (settings.ClassToken ? 1 : 0))
            throw new ArgumentException("relative positions know a class token and the grid; register and distillation tokens have no place among them", nameof(settings));
        var (rows, columns) = settings.Grid;
        return settings.Blocks with { RelativeBias = new RelativeBiasSettings(rows, columns) { ClassToken = settings.ClassToken, PerBlock = false, Shared = true } };
    }

    private static RotaryPositions RotaryOf(VisionTransformerSettings settings)
    {
        var (rows, columns) = settings.Grid;
        var tokens = settings.Prefix + (rows * columns);
        var coordinates = new float[tokens * 2];  // prefix tokens stay at the origin
        for (var n = 0; n < rows * columns; n++)
        {
            coordinates[(settings.Prefix + n) * 2] = n / columns;
            coordinates[((settings.Prefix + n) * 2) + 1] = n % columns;
        }

        return new RotaryPositions(coordinates, tokens, settings.Blocks.Width / settings.Blocks.Heads);
    }
}

/// <summary>tanh(Linear(x)) between the class token and the classifier of the first ViTs.</summary>
internal sealed class PreLogits : Module
{
    private readonly Linear _fc;

    internal PreLogits(int width, int size) => _fc = Child("fc", new Linear(width, size));

    internal Tensor Forward(Tensor x) => _fc.Forward(x).Tanh();
}

/// <summary>Cuts pictures into patches and maps each to a token; the weight has the shape of the strided convolution that checkpoints hold.</summary>
public sealed class PatchEmbedding : Module
{
    private readonly ConvolutionShapedLinear _proj;
    private readonly int _side;

    /// <summary>Makes the layer.</summary>
    public PatchEmbedding(int channels, int side, int width, bool bias = true, Init? init = null)
    {
        _side = side;
        _proj = Child("proj", new ConvolutionShapedLinear(channels, side, width, bias, init));
    }

    /// <param name="image">(B, C, H, W).</param>
    /// <param name="kept">Indices of the patches to map, (B, K), int64; null maps all. The others cost nothing.</param>
    /// <returns>(B, N, D), or (B, K, D).</returns>
    public Tensor Forward(Tensor image, Tensor? kept = null)
    {
        var patches = Patches.Split(image, _side, PatchOrder.ChannelFirst);
        return _proj.Forward(kept is null ? patches : Patches.Take(patches, kept));
    }
}

/// <summary>A linear layer over patch vectors whose weight is stored as the strided convolution's: (D, C, side, side), or with any other kernel.</summary>
public sealed class ConvolutionShapedLinear : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly long _values;

    /// <summary>Makes the layer over vectors of (channel, row, column).</summary>
    public ConvolutionShapedLinear(int channels, int side, int width, bool bias = true, Init? init = null)
        : this([channels, side, side], width, bias, init)
    {
    }

    /// <summary>Makes the layer over vectors in the order of a kernel's axes.</summary>
    /// <param name="kernel">Channels, then the sizes along each axis.</param>
    /// <param name="width">Outputs D.</param>
    /// <param name="bias">Add a bias.</param>
    /// <param name="init">Start of the weight.</param>
    public ConvolutionShapedLinear(ReadOnlySpan<long> kernel, int width, bool bias = true, Init? init = null)
    {
        _values = 1;
        foreach (var size in kernel)
            _values *= size;
        _weight = Trainable("weight", init ?? Init.XavierUniform, [width, .. kernel]);
        _bias = bias ? Trainable("bias", Init.Zeros, width) : null;
    }

    /// <param name="patches">(B, N, values of the kernel).</param>
    /// <returns>(B, N, D).</returns>
    public Tensor Forward(Tensor patches)
    {
        ArgumentNullException.ThrowIfNull(patches);
        var low = LowPrecision.IsOn ? _weight.Low?.View([-1, _values]) : null;
        return Observed(patches.FusedLinear(_weight.Value.View([-1, _values]), _bias?.Value, low, "none"));
    }
}

/// <summary>One learned query attends to all tokens, then an MLP with a residual; timm's AttentionPoolLatent.</summary>
public sealed class AttentionPool : Module
{
    private readonly Parameter _latent;
    private readonly Linear _q, _kv, _proj;
    private readonly LayerNorm _norm;
    private readonly Mlp _mlp;
    private readonly int _heads;

    /// <summary>Makes the pool with the width, heads, MLP ratio and activation of the blocks; its own MLP is never gated.</summary>
    public AttentionPool(TransformerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var kind = settings.Mlp switch { MlpKind.SwiGlu => MlpKind.Silu, MlpKind.GeGlu => MlpKind.Gelu, var plain => plain };
        _heads = settings.Heads;
        _latent = Trainable("latent", Init.TruncatedNormal(Math.Pow(settings.Width, -0.5)), 1, 1, settings.Width);
        _q = Child("q", new Linear(settings.Width, settings.Width));
        _kv = Child("kv", new Linear(settings.Width, 2L * settings.Width));
        _proj = Child("proj", new Linear(settings.Width, settings.Width));
        _norm = Child("norm", new LayerNorm(settings.Width, settings.NormEps));
        _mlp = Child("mlp", new Mlp(settings.Width, settings.Hidden, kind));
    }

    /// <param name="tokens">(B, N, D).</param>
    /// <returns>(B, D).</returns>
    public Tensor Forward(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var (batch, count, width) = (tokens.Size(0), tokens.Size(1), tokens.Size(2));
        var head = width / _heads;
        var q = _q.Forward(_latent.Value.Expand([batch, -1, -1])).Reshape([batch, 1, _heads, head]).Transpose(1, 2);
        var kv = _kv.Forward(tokens).Reshape([batch, count, 2, _heads, head]).Permute([2, 0, 3, 1, 4]).Unbind(0);
        var weights = (q * Math.Pow(head, -0.5)).Matmul(kv[0].Transpose(-2, -1)).Softmax(-1);
        var x = _proj.Forward(weights.Matmul(kv[1]).Transpose(1, 2).Reshape([batch, 1, width]));
        return (x + _mlp.Forward(_norm.Forward(x))).Select(1, 0);
    }
}
