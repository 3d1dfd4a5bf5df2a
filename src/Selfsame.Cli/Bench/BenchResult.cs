using System.Text.Json.Serialization;

namespace Selfsame.Cli.Bench;

/// <summary>What a machine can do, whatever the model.</summary>
/// <param name="Float32FlopsPerSecond">Rate of matrix products of a step's shapes in fp32.</param>
/// <param name="BFloat16FlopsPerSecond">The same in bf16.</param>
/// <param name="CopyBytesPerSecond">Bytes that a copy of a large block of memory reads and writes a second.</param>
internal sealed record MachineLimits(
    double Float32FlopsPerSecond, [property: JsonPropertyName("bfloat16_flops_per_second")] double BFloat16FlopsPerSecond, double CopyBytesPerSecond);

/// <summary>One model's figures: what <c>bench train --json</c> prints for each.</summary>
/// <param name="Name">The model, such as <c>self-flow-small</c>.</param>
/// <param name="Precision">Number format of both sides: bf16 where the processor multiplies it natively, else fp32.</param>
/// <param name="Ours">Samples a second, median of the rounds.</param>
/// <param name="Peer">The peer's; null without one.</param>
/// <param name="Ratio">Ours over the peer's, median over the pairs of rounds; null without a peer.</param>
/// <param name="ShareOfLimit">FLOPs a second that a step cannot do without, over the rate at which this machine multiplies matrices of the step's shapes in that format.</param>
/// <param name="ShareOfFloat32">The same over the rate in fp32.</param>
/// <param name="ShareOfBFloat16">The same over the rate in bf16, which a processor without AVX512-BF16 and AMX only emulates.</param>
/// <param name="Memory">Most memory of our process while it trained, bytes; null where the system does not tell.</param>
/// <param name="PeerMemory">The peer's.</param>
/// <param name="MemoryRatio">Ours over the peer's; null without both.</param>
internal sealed record BenchResult(
    string Name, string Precision, double Ours, double? Peer, double? Ratio, double ShareOfLimit, double ShareOfFloat32, [property: JsonPropertyName("share_of_bfloat16")] double ShareOfBFloat16, long? Memory = null, long? PeerMemory = null, double? MemoryRatio = null);

/// <summary>Everything measured for one model.</summary>
/// <param name="Result">The figures.</param>
/// <param name="OursRounds">Samples a second of each of our rounds.</param>
/// <param name="PeerRounds">Samples a second of each of the peer's rounds, in the order of ours.</param>
/// <param name="PeerVersion">What the peer runs on.</param>
/// <param name="StepFlops">FLOPs of one step, see <see cref="StepWork"/>.</param>
/// <param name="Limits">What the machine can do, measured in the same run.</param>
internal sealed record BenchMeasurement(
    BenchResult Result, IReadOnlyList<double> OursRounds, IReadOnlyList<double> PeerRounds, string? PeerVersion, double StepFlops, MachineLimits Limits)
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
    /// <param name="limits">What the machine can do.</param>
    public static BenchMeasurement Of(
        string name, string precision, int samples, int steps, IReadOnlyList<double> ours, IReadOnlyList<double> peer, string? version, double stepFlops, MachineLimits limits)
    {
        double[] oursSpeeds = [.. ours.Select(seconds => samples / seconds)], peerSpeeds = [.. peer.Select(seconds => samples / seconds)];
        var own = Median(oursSpeeds);
        var result = peer.Count == 0
            ? new BenchResult(name, precision, own, null, null, 0, 0, 0)
            : new BenchResult(name, precision, own, Median(peerSpeeds), Median([.. oursSpeeds.Zip(peerSpeeds, (a, b) => a / b)]), 0, 0, 0);
        var rate = stepFlops * steps * own / samples;
        var (full, low) = (rate / limits.Float32FlopsPerSecond, rate / limits.BFloat16FlopsPerSecond);
        return new(result with { ShareOfLimit = precision == "bf16" ? low : full, ShareOfFloat32 = full, ShareOfBFloat16 = low }, oursSpeeds, peerSpeeds, version, stepFlops, limits);
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
