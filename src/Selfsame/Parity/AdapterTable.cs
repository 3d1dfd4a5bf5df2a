using Selfsame.Parity.Adapters;

namespace Selfsame.Parity;

/// <summary>Every adapter there is, one a line, by system and case.</summary>
internal static class AdapterTable
{
    internal static IReadOnlyList<IParityAdapter> All { get; } =
    [
        new AdamSteps(),
        new AdamWSteps(),
        new ClipNorm(),
        new EmaSchedules(),
        new LambSteps(),
        new LarsBolts(),
        new LarsMoco(),
        new LarsSimClr(),
        new MaeLearningRate(),
        new OptimiserSchedules(),
        new SelfFlowSchedule(),
        new SgdSteps(),
        new SophiaHessian(),
        new SophiaSteps(),
        new SwanSteps(),
    ];
}
