using System.Globalization;
using System.Text.Json;

namespace Selfsame.Models.Checkpoints;

/// <summary>What the tensors of a Vision Transformer do not tell about it; null leaves the format's own value.</summary>
public sealed record VisionHints
{
    /// <summary>Attention heads. Without it, heads of 64 values, as nearly all released models have.</summary>
    public int? Heads { get; init; }

    /// <summary>Height and width of the pictures of the position table. Without it, a square.</summary>
    public (int Height, int Width)? ImageSize { get; init; }

    /// <summary>Added to variances.</summary>
    public double? NormEps { get; init; }

    /// <summary>Added to variances of queries and keys.</summary>
    public double? QkNormEps { get; init; }

    /// <summary>Activation of feed-forward parts that are not gated.</summary>
    public MlpKind? Activation { get; init; }

    /// <summary>How tokens become one vector.</summary>
    public PoolKind? Pool { get; init; }
}

/// <summary>A public Vision Transformer checkpoint: its names, and the settings of our one model that make it the same network.</summary>
/// <param name="Map">The file's names.</param>
/// <param name="Settings">Settings of <see cref="VisionTransformer"/>; without heads.</param>
/// <param name="Resampling">How this format fits its position table to another size.</param>
/// <param name="HeadsGuessed">The number of heads was not given, so 64 values a head were assumed.</param>
public sealed record VisionCheckpoint(KeyMap Map, VisionTransformerSettings Settings, PositionResampling Resampling, bool HeadsGuessed)
{
    /// <summary>Recognises the format and reads the settings from names and shapes.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="hints">What the tensors do not tell; what is null there comes from <paramref name="config"/>.</param>
    /// <param name="config">Content of the <c>config.json</c> beside a Hugging Face checkpoint; null without one.</param>
    /// <exception cref="WeightsException">It is no Vision Transformer of a known format.</exception>
    public static VisionCheckpoint Read(IWeightFile file, VisionHints? hints = null, JsonElement? config = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        hints ??= new();
        var (map, eps, registerPositions) = Format(file);
        var given = config is { } json ? HuggingFaceVision.Hints(json) : new VisionHints();
        var shapes = Shapes(file, map);
        var patch = Find("patch_embed.proj.weight") ?? throw new WeightsException($"{file.Path} has {map.Name} names but no patch embedding; a Vision Transformer's checkpoint has one");
        var width = (int)patch[0];
        var heads = hints.Heads ?? given.Heads;
        var blocks = Blocks(file, shapes, map, width, heads) with
        {
            NormEps = hints.NormEps ?? given.NormEps ?? eps,
            QkNormEps = hints.QkNormEps,
        };
        if (blocks.Mlp == MlpKind.Gelu && (hints.Activation ?? given.Activation) is { } activation)
            blocks = blocks with { Mlp = activation };
        var settings = new VisionTransformerSettings
        {
            ImageSize = ((int)patch[2], (int)patch[2]),
            Patch = (int)patch[2],
            Channels = (int)patch[1],
            Blocks = blocks,
            ClassToken = Find("cls_token") is not null,
            Distilled = Find("dist_token") is not null,
            Registers = (int)(Find("reg_token")?[1] ?? 0),
            RegisterPositions = registerPositions,
            MaskToken = Find("mask_token") is not null,
            PreNorm = Find("norm_pre.weight") is not null,
            NormAfterPool = Find("fc_norm.weight") is not null,
            FinalNorm = Find("norm.weight") is not null,
            Pool = hints.Pool ?? given.Pool ?? (Find("fc_norm.weight") is not null || Find("cls_token") is null ? PoolKind.Average : PoolKind.Token),
        };
        settings = Placed(file, settings, shapes, hints.ImageSize ?? given.ImageSize);
        var resampling = map.Name == "timm" ? PositionResampling.BicubicAntialiased : PositionResampling.Bicubic;
        return new VisionCheckpoint(map, settings, resampling, heads is null);

        long[]? Find(string name) => shapes.GetValueOrDefault(name);
    }

    /// <summary>Makes the model and fills it.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="loading">What to do where it does not fit.</param>
    /// <param name="report">What was loaded.</param>
    /// <exception cref="WeightsException">The file has more than the model, or less.</exception>
    public VisionTransformer Build(IWeightFile file, WeightLoading? loading, out WeightReport report)
    {
        var model = new VisionTransformer(Settings);
        try
        {
            report = WeightLoader.Load(file, model, Map, loading, Describe());
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The model in a few words: <c>encoder vit 768 x 12 / 16</c>.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"encoder vit {Settings.Blocks.Width} x {Settings.Blocks.Depth} / {Settings.Patch}");

    private static (KeyMap Map, double Eps, bool RegisterPositions) Format(IWeightFile file)
    {
        bool Any(string part) => file.Entries.Any(entry => entry.Name.Contains(part, StringComparison.Ordinal));
        if (Any("embeddings.patch_embeddings.projection."))
        {
            if (Any(".layer_scale1."))
                return (VisionKeys.HuggingFaceDinoV2(Any(".mlp.weights_in.")), 1e-6, false);
            var beit = Any(".lambda_1") || Any("relative_position_bias") || (Any(".attention.query.bias") && !Any(".attention.key.bias"));
            return (beit ? VisionKeys.HuggingFaceBeit : VisionKeys.HuggingFaceVit, 1e-12, true);
        }

        if (!Any("patch_embed.proj.weight"))
            throw new WeightsException($"{file.Path} is no Vision Transformer that is known here: it has neither patch_embed.proj.weight (timm, DINO, DINOv2, MAE) nor embeddings.patch_embeddings.projection.weight (Hugging Face). First names: {string.Join(", ", file.Entries.Take(5).Select(entry => entry.Name))}");
        return Any("register_tokens") || Any(".mlp.w12.") || (Any("mask_token") && Any(".ls1.") && !Any("decoder_"))
            ? (VisionKeys.DinoV2(Any(".mlp.w12.")), 1e-6, false)
            : (VisionKeys.Timm, 1e-6, true);
    }

    // Shapes by our names. A stacked parameter has the shape of its first part.
    private static Dictionary<string, long[]> Shapes(IWeightFile file, KeyMap map)
    {
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        var prefix = map.PrefixIn(file);
        foreach (var entry in file.Entries)
        {
            if (map.OursOf(entry.Name, prefix) is var (ours, _, part) && part == 0)
                shapes[ours] = [.. entry.Shape];
        }

        return shapes;
    }

    private static TransformerSettings Blocks(IWeightFile file, Dictionary<string, long[]> shapes, KeyMap map, int width, int? heads)
    {
        var depth = shapes.Keys.Where(name => name.StartsWith("blocks.", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Where(part => char.IsAsciiDigit(part[0])).Distinct(StringComparer.Ordinal).Count();
        if (depth == 0 || !shapes.TryGetValue("blocks.0.mlp.fc1.weight", out var fc1) || !shapes.TryGetValue("blocks.0.mlp.fc2.weight", out var fc2))
            throw new WeightsException($"{file.Path} has {map.Name} names but no whole block 0");
        var count = heads ?? (width % 64 == 0 ? width / 64 : throw new WeightsException($"{file.Path} does not tell how many attention heads {width} values are shared by; give --heads"));
        return new TransformerSettings
        {
            Width = width,
            Depth = depth,
            Heads = count,
            MlpRatio = (double)fc1[0] / width,
            MlpHidden = (int)fc1[0],
            Mlp = fc1[0] == 2 * fc2[1] ? MlpKind.SwiGlu : MlpKind.Gelu,
            QkvBias = shapes.ContainsKey("blocks.0.attn.qkv.bias"),
            QkNorm = shapes.ContainsKey("blocks.0.attn.q_norm.weight"),
            LayerScale = shapes.ContainsKey("blocks.0.ls1.gamma") ? 1 : null,
        };
    }

    private static VisionTransformerSettings Placed(IWeightFile file, VisionTransformerSettings settings, Dictionary<string, long[]> shapes, (int Height, int Width)? size)
    {
        var table = shapes.GetValueOrDefault("pos_embed");
        var (shared, own) = (shapes.GetValueOrDefault("blocks.rel_pos.relative_position_bias_table"), shapes.GetValueOrDefault("blocks.0.attn.rel_pos.relative_position_bias_table"));
        (int Rows, int Columns)? grid = size is { } given ? (given.Height / settings.Patch, given.Width / settings.Patch) : null;
        settings = settings with { Positions = table is null ? PositionKind.None : PositionKind.Learned };
        if (table is not null)
        {
            // Which tokens in front have a row: all of them, those that are no registers, or none.
            foreach (var (none, registers) in ((bool, bool)[])[(false, settings.RegisterPositions), (true, true)])
            {
                var tried = settings with { NoEmbedClass = none, RegisterPositions = registers };
                var cells = table[^2] - tried.PlacedPrefix;
                var side = (int)Math.Round(Math.Sqrt(cells));
                if (grid is { } wanted ? cells == (long)wanted.Rows * wanted.Columns : (long)side * side == cells)
                {
                    grid ??= (side, side);
                    settings = tried;
                    break;
                }
            }
        }

        if ((shared ?? own) is { } bias)
        {
            var extra = settings.ClassToken ? 3 : 0;
            var side = ((int)Math.Round(Math.Sqrt(bias[0] - extra)) + 1) / 2;
            grid ??= (side, side);
            settings = settings with
            {
                Blocks = settings.Blocks with { RelativeBias = new RelativeBiasSettings(grid.Value.Rows, grid.Value.Columns) { ClassToken = settings.ClassToken, PerBlock = own is not null, Shared = shared is not null } },
            };
        }

        if (grid is null && table is not null)
            throw new WeightsException($"{file.Path} has a position table of {table[^2]} rows, {settings.Prefix} tokens stand in front of the patches, and the rest is no square; give the picture's size");
        grid ??= (224 / settings.Patch, 224 / settings.Patch);
        return settings with { ImageSize = (grid.Value.Rows * settings.Patch, grid.Value.Columns * settings.Patch) };
    }
}

/// <summary>Fields of a Hugging Face <c>config.json</c> that the tensors do not tell.</summary>
internal static class HuggingFaceVision
{
    internal static VisionHints Hints(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object)
            return new VisionHints();
        return new VisionHints
        {
            Heads = Number("num_attention_heads") is { } heads ? (int)heads : null,
            NormEps = Number("layer_norm_eps"),
            ImageSize = Size(),
            Activation = config.TryGetProperty("hidden_act", out var name) && name.ValueKind == JsonValueKind.String ? Activation(name.GetString()!) : null,
            Pool = config.TryGetProperty("use_mean_pooling", out var mean) ? (mean.ValueKind == JsonValueKind.True ? PoolKind.Average : PoolKind.Token) : null,
        };

        double? Number(string key) => config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

        (int, int)? Size()
        {
            if (!config.TryGetProperty("image_size", out var size))
                return null;
            if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2)
                return (size[0].GetInt32(), size[1].GetInt32());
            return size.ValueKind == JsonValueKind.Number ? (size.GetInt32(), size.GetInt32()) : null;
        }
    }

    internal static MlpKind Activation(string name) => name switch
    {
        "gelu" => MlpKind.Gelu,
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" or "gelu_python_tanh" => MlpKind.GeluTanh,
        "silu" or "swish" => MlpKind.Silu,
        "relu" => MlpKind.Relu,
        "quick_gelu" => MlpKind.QuickGelu,
        _ => throw new WeightsException($"config.json has hidden_act {name}; known: gelu, gelu_new, silu, relu, quick_gelu"),
    };
}
