using System.Globalization;
using System.Text.Json;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>A Vision Transformer under the names of a public format, loaded as <c>--from</c> loads it: tokens by layer, pooled vector, classes.</summary>
internal sealed class CheckpointVision(string name) : IParityAdapter
{
    public string System => "checkpoints";

    public string Case => name;

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var weights = new SafetensorsWeights(c.Source, "param/");
        var config = c.Config.TryGetProperty("hf", out var inner) ? inner : (JsonElement?)null;
        var read = VisionCheckpoint.Read(weights, Hints(c), config);
        var settings = WithHead(read.Settings, weights, read.Map);
        var image = c.Tensor(c.Has("in/image") ? "in/image" : "in/pixel_values");
        var trained = settings.Grid;
        settings = settings with { ImageSize = ((int)image.Size(2), (int)image.Size(3)) };
        using var model = new VisionTransformer(settings);
        var offset = c.Config.TryGetProperty("interpolate_offset", out var given) ? given.GetDouble() : 0;
        var kind = c.Config.Flag("interpolate_antialias") ? PositionResampling.BicubicAntialiased : PositionResampling.Bicubic;
        var report = WeightLoader.Load(weights, model, read.Map, new WeightLoading { Fit = (_, table) => model.FitPositions(table, kind, offset, trained) });
        using var head = MaskedHead.Of(weights, settings, report);

        Tensor? hidden = null;
        if (c.Names("in/").FirstOrDefault(input => input.Contains("mask", StringComparison.Ordinal)) is { } mask)
            hidden = c.Tensor(mask).Reshape([image.Size(0), -1]).Ne(0);
        var layers = new List<Tensor>();
        var embedded = model.Tokens(image, hidden: hidden);
        var tokens = model.Encode(image, layers: layers, hidden: hidden);
        foreach (var output in c.Names("out/"))
            c.Expect(output, Output(output["out/".Length..]));

        Tensor Output(string output) => output switch
        {
            "features" or "last_hidden_state" or "sequence_output" => tokens,
            "prenorm" or "last_layer" => layers[^1],
            "pooled" or "pooler_output" => model.Pool(tokens),
            "logits" or "prediction_logits" or "lm_logits" => head is null ? model.Classify(tokens) : head.Forward(tokens),
            "position" => model.Parameters().Single(parameter => parameter.FullName == "pos_embed").Value,
            "cls" => tokens.Select(1, 0),
            "registers" => tokens.Narrow(1, 1, settings.Registers),
            "patches" => tokens.Narrow(1, settings.Prefix, tokens.Size(1) - settings.Prefix),
            _ when Number(output, "block.") is { } block => layers[block],
            _ when Number(output, "block_patches.") is { } block => layers[block].Narrow(1, settings.Prefix, tokens.Size(1) - settings.Prefix),
            _ when Number(output, "hidden_states.") is { } state => state == 0 ? embedded : layers[state - 1],
            _ => throw new InvalidDataException($"out/{output} is no known output"),
        };
    }

    private static int? Number(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(text.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static VisionHints Hints(ParityCase c)
    {
        if (c.Config.TryGetProperty("hf", out _))
            return new VisionHints();
        return new VisionHints
        {
            Heads = c.Config.Whole("heads"),
            ImageSize = Size(c.Config.GetProperty("image")),
            QkNormEps = 1e-5,  // timm makes these norms without its usual eps
            Pool = c.Config.TryGetProperty("global_pool", out var pool) && pool.GetString() == "avg" ? PoolKind.Average : PoolKind.Token,
        };
    }

    private static (int, int) Size(JsonElement size) =>
        size.ValueKind == JsonValueKind.Array ? (size[0].GetInt32(), size[1].GetInt32()) : (size.GetInt32(), size.GetInt32());

    // Heads are part of the recorded models, but not of an encoder that is loaded.
    private static VisionTransformerSettings WithHead(VisionTransformerSettings settings, SafetensorsWeights weights, KeyMap map)
    {
        var prefix = map.PrefixIn(weights);
        int Rows(string ours) => map.TheirsOf(ours, prefix) is var (_, theirs) && weights.TryGet(theirs[0].Name, out var entry) ? (int)entry.Value.Shape[0] : 0;
        return settings with { Classes = Rows("head.weight"), RepresentationSize = Rows("pre_logits.fc.weight") is > 0 and var size ? size : null };
    }

    /// <summary>BEiT's head for masked pictures: a norm over all tokens, then a linear layer on those of patches.</summary>
    private sealed class MaskedHead : Module
    {
        private readonly LayerNorm? _norm;
        private readonly Linear _head;
        private readonly int _prefix;

        private MaskedHead(SafetensorsWeights weights, VisionTransformerSettings settings)
        {
            _ = weights.TryGet("lm_head.weight", out var shape);
            _prefix = settings.Prefix;
            _norm = weights.TryGet("layernorm.weight", out _) ? Child("layernorm", new LayerNorm(settings.Blocks.Width, settings.Blocks.NormEps)) : null;
            _head = Child("lm_head", new Linear(settings.Blocks.Width, shape!.Value.Shape[0], weights.TryGet("lm_head.bias", out _)));
        }

        internal static MaskedHead? Of(SafetensorsWeights weights, VisionTransformerSettings settings, WeightReport report)
        {
            if (!weights.TryGet("lm_head.weight", out _))
                return null;
            var head = new MaskedHead(weights, settings);
            var own = report.LeftOut.Where(name => name.StartsWith("lm_head.", StringComparison.Ordinal) || name.StartsWith("layernorm.", StringComparison.Ordinal));
            WeightLoader.Load(weights, head, new KeyMap("head", [.. own.Select(key => new KeyRule(key, key))]) { Heads = ["{rest}"] });
            return head;
        }

        internal Tensor Forward(Tensor tokens)
        {
            var patches = _norm is null ? tokens : _norm.Forward(tokens);
            return _head.Forward(patches.Narrow(1, _prefix, tokens.Size(1) - _prefix));
        }
    }
}

/// <summary>Hugging Face's ViTMAE, encoder, decoder and loss, through our masked autoencoder.</summary>
internal sealed class CheckpointVitMae : IParityAdapter
{
    public string System => "checkpoints";

    public string Case => "hf-vit-mae";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var weights = new SafetensorsWeights(c.Source, "param/");
        var hf = c.Config.Section("hf");
        using var objective = CheckpointModels.MaskedAutoencoder(weights, hf);
        var result = objective.Compute(new Objectives.Batch(c.Tensor("in/pixel_values")), new RecordedStep(c));
        c.Expect("out/ids_restore", result["ids_restore"]);
        c.Expect("out/last_hidden_state", result["latent"]);
        c.Expect("out/loss", result.Loss);
        c.Expect("out/mask", result["mask"]);
        c.Expect("out/prediction", result["pred"]);
    }
}

/// <summary>The four ways to bring a position table to another grid.</summary>
internal sealed class CheckpointPositions : IParityAdapter
{
    public string System => "checkpoints";

    public string Case => "position-resize";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var (table, prefix, old, grid) = (c.Tensor("in/pos_embed"), c.Config.Whole("prefix"), c.Config.Numbers("grid"), c.Config.Numbers("new_grid"));
        Tensor Resized(PositionResampling kind, double offset = 0) => Positions.Resample(table, prefix, (int)grid[0], (int)grid[1], (int)old[0], kind, offset);
        c.Expect("out/bicubic", Resized(PositionResampling.Bicubic));
        c.Expect("out/bilinear", Resized(PositionResampling.Bilinear));
        c.Expect("out/dino", Resized(PositionResampling.Bicubic, 0.1));
        c.Expect("out/timm", Resized(PositionResampling.BicubicAntialiased));
    }
}
