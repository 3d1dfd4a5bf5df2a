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
        new MaskedAutoencoderForward(),
        new SelfFlowSchedule(),
        new SelfFlowLossCase(),
        new SelfFlowModalities(),
        new SelfFlowSeparation(),
        new SelfFlowAverage(),
        new KnnDino(),
        new KnnDinoV2(),
        new KnnSolo(),
        new MetricsCollapse(),
        new MetricsSlicedWasserstein(),
        new ProbeLinearInput(),
        new ProbeLogistic(),
        new ProbeMaeHead(),
        new ProbeRidge(),
        new SelfFlowForward(),
        new SelfFlowSampling(),
        new SelfFlowSamplingOde(),
        new SitLosses(),
        new SitPaths(),
        new SitSamplers(),
        new TransformsResizedCropPil(),
        new TransformsResizedCropTensor(),
        new TransformsColourJitterPil(),
        new TransformsColourJitterFloat(),
        new TransformsColourJitterBytes(),
        new TransformsColourJitterParameters(),
        new TransformsPointOps(),
        new TransformsGaussianBlur(),
        new TransformsRandomResizedCropBox(),
        new TransformsEvaluation(),
        new TransformsByol(),
        new TransformsDino(),
        new VisionTransformerCase("mae", "finetune_encoder"),
        new VisionTransformerCase("vit", "forward"),
        new VisionTransformerCase("vit", "modern_options"),
        new VitResizePositions(),
    ];
}
