using System.Text.Json;
using Selfsame.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>Self-Flow's networks from the configuration of a recorded case.</summary>
internal static class SelfFlowNetwork
{
    internal static DiffusionTransformer Transformer(JsonElement config) => new(SelfFlowCases.Network(config));

    internal static Projector Projector(JsonElement config)
    {
        var width = config.Whole("hidden_size");
        return new(width, 2L * width, width);
    }
}
