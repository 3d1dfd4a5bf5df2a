using System.Text.Json;
using Selfsame.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>Self-Flow's networks from the configuration of a recorded case.</summary>
internal static class SelfFlowNetwork
{
    internal static DiffusionTransformer Transformer(JsonElement config)
    {
        var (patch, channels) = (config.Whole("patch_size"), config.Whole("in_channels"));
        var grid = config.Whole("input_size") / patch;
        return new(new()
        {
            Blocks = new()
            {
                Width = config.Whole("hidden_size"),
                Depth = config.Whole("depth"),
                Heads = config.Whole("num_heads"),
                MlpRatio = config.Number("mlp_ratio"),
                Mlp = MlpKind.GeluTanh,
            },
            TokenWidth = patch * patch * channels,
            PatchArea = patch * patch,
            Grid = (grid, grid),
            Classes = config.Whole("num_classes"),
            LearnSigma = config.GetProperty("learn_sigma").GetBoolean(),
        });
    }

    internal static Projector Projector(JsonElement config)
    {
        var width = config.Whole("hidden_size");
        return new(width, 2L * width, width);
    }
}
