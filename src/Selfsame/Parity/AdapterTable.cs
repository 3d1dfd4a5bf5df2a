using Selfsame.Parity.Adapters;

namespace Selfsame.Parity;

/// <summary>Every adapter there is, one a line, by system and case.</summary>
internal static class AdapterTable
{
    internal static IReadOnlyList<IParityAdapter> All { get; } =
    [
        new KnnDino(),
        new KnnDinoV2(),
        new KnnSolo(),
        new MetricsCollapse(),
        new MetricsSlicedWasserstein(),
        new ProbeLinearInput(),
        new ProbeLogistic(),
        new ProbeMaeHead(),
        new ProbeRidge(),
    ];
}
