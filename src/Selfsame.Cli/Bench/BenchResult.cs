namespace Selfsame.Cli.Bench;

/// <summary>One model's figures: what <c>bench train --json</c> prints for each.</summary>
/// <param name="Name">The model, such as <c>self-flow-small</c>.</param>
/// <param name="Precision">Number format of both sides: bf16 where the processor multiplies it natively, else fp32.</param>
/// <param name="Ours">Samples a second, median of the rounds.</param>
/// <param name="Peer">The peer's; null without one.</param>
/// <param name="Ratio">Ours over the peer's, median over the pairs of rounds; null without a peer.</param>
/// <param name="ShareOfLimit">FLOPs a second that a step cannot do without, over the rate at which this machine multiplies matrices of the step's shapes in that format.</param>
/// <param name="Memory">Most memory of our process while it trained, bytes; null where the system does not tell.</param>
/// <param name="PeerMemory">The peer's.</param>
/// <param name="MemoryRatio">Ours over the peer's; null without both.</param>
internal sealed record BenchResult(
    string Name, string Precision, double Ours, double? Peer, double? Ratio, double ShareOfLimit, long? Memory = null, long? PeerMemory = null, double? MemoryRatio = null);

/// <summary>Everything measured for one model.</summary>
/// <param name="Result">The figures.</param>
/// <param name="OursRounds">Samples a second of each of our rounds.</param>
/// <param name="PeerRounds">Samples a second of each of the peer's rounds, in the order of ours.</param>
/// <param name="PeerVersion">What the peer runs on.</param>
/// <param name="StepFlops">FLOPs of one step, see <see cref="StepWork"/>.</param>
/// <param name="LimitFlopsPerSecond">Measured rate of matrix products.</param>
internal sealed record BenchMeasurement(
    BenchResult Result, IReadOnlyList<double> OursRounds, IReadOnlyList<double> PeerRounds, string? PeerVersion, double StepFlops, double LimitFlopsPerSecond)
{
    /// <summary>Sums rounds up.</summary>
    /// <param name="name">The model.</param>
    /// <param name="precision">Number format.</param>
    /// <param name="samples">Samples in a round.</param>
    /// <param name="steps">Steps in a round.</param>
    /// <param name="ours">Seconds of our rounds.</param>
    /// <param name="peer">Seconds of the peer's rounds, as many as ours; empty without a peer.</param>
    /// <param name="version">What the peer runs on.</param>
    /// <param name="stepFlops">FLOPs of one step.</param>
    /// <param name="limit">Measured rate of matrix products, FLOPs a second.</param>
    public static BenchMeasurement Of(
        string name, string precision, int samples, int steps, IReadOnlyList<double> ours, IReadOnlyList<double> peer, string? version, double stepFlops, double limit)
    {
        double[] oursSpeeds = [.. ours.Select(seconds => samples / seconds)], peerSpeeds = [.. peer.Select(seconds => samples / seconds)];
        var own = Median(oursSpeeds);
        var result = peer.Count == 0
            ? new BenchResult(name, precision, own, null, null, 0)
            : new BenchResult(name, precision, own, Median(peerSpeeds), Median([.. oursSpeeds.Zip(peerSpeeds, (a, b) => a / b)]), 0);
        return new(result with { ShareOfLimit = stepFlops * steps * own / samples / limit }, oursSpeeds, peerSpeeds, version, stepFlops, limit);
    }

    /// <summary>The middle value; the mean of the two middle ones for an even count.</summary>
    internal static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>What <c>--out</c> keeps: figures, and the machine and versions that explain them.</summary>
/// <param name="Results">As printed.</param>
/// <param name="Measurements">Every round.</param>
/// <param name="Rounds">Rounds of each.</param>
/// <param name="Steps">Steps in a round.</param>
/// <param name="Machine">Machine and versions.</param>
internal sealed record BenchFile(IReadOnlyList<BenchResult> Results, IReadOnlyList<BenchMeasurement> Measurements, int Rounds, int Steps, BenchMachine Machine);
