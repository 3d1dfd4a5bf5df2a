using Selfsame.Parity.Adapters;

namespace Selfsame.Parity;

/// <summary>Every adapter there is, one a line, by system and case.</summary>
internal static class AdapterTable
{
    internal static IReadOnlyList<IParityAdapter> All { get; } =
    [
        new EmaSchedules(),
        new MaeLearningRate(),
        new MaePositions(),
        new OptimiserSchedules(),
        new SelfFlowForward(),
        new SelfFlowSampling(),
        new SelfFlowSamplingOde(),
        new SelfFlowSchedule(),
        new SitLosses(),
        new SitPaths(),
        new SitSamplers(),
        new VisionTransformerCase("mae", "finetune_encoder"),
        new VisionTransformerCase("vit", "forward"),
        new VisionTransformerCase("vit", "modern_options"),
        new VitResizePositions(),
    ];
}
