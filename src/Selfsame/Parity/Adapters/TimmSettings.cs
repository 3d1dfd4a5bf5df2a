using System.Text.Json;
using Selfsame.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>The shape of a recorded timm Vision Transformer: sizes from its parameters, the rest from its options.</summary>
internal static class TimmSettings
{
    internal static VisionTransformerSettings Read(ParityCase c, JsonElement options)
    {
        var patch = c.Shape("param/patch_embed.proj.weight");
        var imageSize = Pair(options, "img_size");
        var blocks = Blocks(c, options, (int)patch[0]);
        var shape = new VisionTransformerSettings
        {
            ImageSize = imageSize,
            Patch = (int)patch[2],
            Channels = (int)patch[1],
            Blocks = blocks,
            ClassToken = c.Has("param/cls_token"),
            Distilled = c.Has("param/dist_token"),
            Registers = c.Has("param/reg_token") ? (int)c.Shape("param/reg_token")[1] : 0,
            PreNorm = c.Has("param/norm_pre.weight"),
            NormAfterPool = c.Has("param/fc_norm.weight"),
            Pool = Pool(c, options),
            RepresentationSize = c.Has("param/pre_logits.fc.weight") ? (int)c.Shape("param/pre_logits.fc.weight")[0] : null,
            Classes = c.Has("param/head.weight") ? (int)c.Shape("param/head.weight")[0] : 0,
        };
        if (!c.Has("param/pos_embed"))
            return shape with { Positions = PositionKind.None };
        var (rows, columns) = shape.Grid;
        return shape with { NoEmbedClass = c.Shape("param/pos_embed")[1] == rows * columns };
    }

    /// <summary>Fills a model, and makes sure that it has a place for every recorded parameter.</summary>
    internal static void LoadAll(ParityCase c, VisionTransformer model)
    {
        c.Load(model);
        var known = model.Parameters().Select(parameter => "param/" + parameter.FullName).ToHashSet(StringComparer.Ordinal);
        if (c.Names("param/").FirstOrDefault(name => !known.Contains(name)) is { } strange)
            throw new InvalidDataException($"{strange} has no counterpart in the model");
    }

    private static TransformerSettings Blocks(ParityCase c, JsonElement options, int width)
    {
        const string First = "param/blocks.0.";
        var (fc1, fc2) = (c.Shape(First + "mlp.fc1.weight")[0], c.Shape(First + "mlp.fc2.weight")[1]);
        return new()
        {
            Width = width,
            Depth = c.Names("param/blocks.").Select(name => name.Split('.')[1]).Distinct().Count(),
            Heads = options.Whole("num_heads"),
            MlpRatio = (fc1 + 0.5) / width, // the half keeps the product from rounding to below fc1
            Mlp = Kind(c, options, gated: fc1 == 2 * fc2),
            NormEps = c.Config.TryGetProperty("norm_eps", out var eps) ? eps.GetDouble() : 1e-6,
            QkvBias = c.Has(First + "attn.qkv.bias"),
            QkNorm = c.Has(First + "attn.q_norm.weight"),
            LayerScale = c.Has(First + "ls1.gamma") ? 1 : null,
        };
    }

    // Activations leave no trace in the parameters. The options name them, or else the sentence about this variant.
    private static MlpKind Kind(ParityCase c, JsonElement options, bool gated)
    {
        var about = c.Source.Metadata.GetValueOrDefault("about", "");
        var variant = about.IndexOf("This variant", StringComparison.Ordinal);
        var text = options.GetRawText() + (variant < 0 ? "" : about[variant..]);
        if (gated)
            return Says("silu") || Says("swish") || !Says("gelu") ? MlpKind.SwiGlu : MlpKind.GeGlu;
        return Says("tanh") ? MlpKind.GeluTanh : MlpKind.Gelu;

        bool Says(string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static PoolKind Pool(ParityCase c, JsonElement options)
    {
        if (c.Has("param/attn_pool.latent"))
            return PoolKind.Map;
        if (!options.TryGetProperty("global_pool", out var pool))
            return c.Has("param/cls_token") ? PoolKind.Token : PoolKind.Average;
        return pool.ValueKind switch
        {
            JsonValueKind.True => PoolKind.Average,
            JsonValueKind.False => PoolKind.Token,
            _ => pool.GetString() switch
            {
                "avg" => PoolKind.Average,
                "token" => PoolKind.Token,
                var other => throw new InvalidDataException($"global_pool is '{other}'; known: token, avg, map, true, false"),
            },
        };
    }

    private static (int Height, int Width) Pair(JsonElement options, string key)
    {
        if (options.GetProperty(key).ValueKind == JsonValueKind.Number)
            return (options.Whole(key), options.Whole(key));
        var values = options.Numbers(key);
        return ((int)values[0], (int)values[1]);
    }
}
