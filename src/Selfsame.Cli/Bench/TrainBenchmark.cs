using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>Times our training step and a peer's in turns, each in a process that stays warm, so that both meet the same machine.</summary>
internal static class TrainBenchmark
{
    private const int WarmupSteps = 2;

    /// <summary>Measures one model.</summary>
    /// <param name="item">The model.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="PeerException">The peer can't be measured.</exception>
    public static async Task<BenchMeasurement> RunAsync(TrainCase item, BenchSettings settings, CancellationToken cancellation)
    {
        var precision = TrainStep.MachinePrecision(settings.Device);
        TorchRuntime.UseCores();
        settings.OnPhase($"{item.Name}: warming up");
        using var peer = settings.Python is { } python
            ? await PeerProcess.StartAsync(python, RepositoryFile.Find(item.Peer), Environment.ProcessorCount, precision.Name, settings, cancellation).ConfigureAwait(false)
            : null;
        TorchMemory.Trim(); // what an earlier model left is not this one's
        var counts = PeakMemory.Reset();
        using var own = item.Open(precision);
        own.Round(WarmupSteps, settings.Time, cancellation);
        var (ours, peers) = (new List<double>(settings.Rounds), new List<double>(settings.Rounds));
        for (var round = 1; round <= settings.Rounds; round++)
        {
            settings.OnPhase($"{item.Name}: round {round} of {settings.Rounds}");
            ours.Add(own.Round(settings.Steps, settings.Time, cancellation));
            if (peer is not null)
                peers.Add(await peer.RoundAsync(settings.Steps, cancellation).ConfigureAwait(false));
        }

        var (memory, peerMemory) = (counts ? PeakMemory.Of(Environment.ProcessId) : null, peer?.PeakBytes);
        settings.OnPhase($"{item.Name}: measuring the machine's matrix products");
        var limits = new MachineLimits(
            MatrixRate.Measure(own.Work.Blocks, DType.Float32, settings.Device, settings.Time, cancellation),
            MatrixRate.Measure(own.Work.Blocks, DType.BFloat16, settings.Device, settings.Time, cancellation),
            MatrixRate.Copy(settings.Device, settings.Time));
        var measured = BenchMeasurement.Of(item.Name, precision.Name, own.Batch * settings.Steps, settings.Steps, ours, peers, peer?.Version, own.Work.Flops, limits);
        return measured with { Result = measured.Result with { Memory = memory, PeerMemory = peerMemory, MemoryRatio = (double?)memory / peerMemory } };
    }
}
