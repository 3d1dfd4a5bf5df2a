namespace Selfsame.Cli.Bench;

/// <summary>One kind of data: what <c>bench data --json</c> prints for each.</summary>
/// <param name="Name">The kind, such as <c>pictures</c>.</param>
/// <param name="Ours">Samples a second and core, median of the rounds.</param>
/// <param name="Peer">The peer's; null without one.</param>
/// <param name="Ratio">Ours over the peer's, median over the pairs of rounds; null without a peer.</param>
/// <param name="SmallestRatio">That of the worst pair of rounds.</param>
/// <param name="LargestRatio">That of the best pair of rounds.</param>
internal sealed record DataBenchResult(string Name, double Ours, double? Peer, double? Ratio, double? SmallestRatio, double? LargestRatio);

/// <summary>Every round of one kind of data.</summary>
/// <param name="Result">The figures.</param>
/// <param name="OursRounds">Samples a second of each of our rounds.</param>
/// <param name="PeerRounds">Samples a second of each of the peer's rounds, in the order of ours.</param>
/// <param name="PeerVersion">What the peer runs on.</param>
internal sealed record DataBenchMeasurement(DataBenchResult Result, IReadOnlyList<double> OursRounds, IReadOnlyList<double> PeerRounds, string? PeerVersion)
{
    /// <summary>Sums rounds up.</summary>
    /// <param name="name">The kind of data.</param>
    /// <param name="samples">Samples in a round.</param>
    /// <param name="ours">Seconds of our rounds.</param>
    /// <param name="peer">Seconds of the peer's rounds, as many as ours; empty without a peer.</param>
    /// <param name="version">What the peer runs on.</param>
    public static DataBenchMeasurement Of(string name, int samples, IReadOnlyList<double> ours, IReadOnlyList<double> peer, string? version)
    {
        double[] own = [.. ours.Select(seconds => samples / seconds)], others = [.. peer.Select(seconds => samples / seconds)];
        double[] ratios = [.. own.Zip(others, (a, b) => a / b)];
        var speed = BenchMeasurement.Median(own);
        var result = ratios.Length == 0
            ? new DataBenchResult(name, speed, null, null, null, null)
            : new DataBenchResult(name, speed, BenchMeasurement.Median(others), BenchMeasurement.Median(ratios), ratios.Min(), ratios.Max());
        return new(result, own, others, version);
    }
}

/// <summary>What <c>--out</c> keeps: figures, and the machine and versions that explain them.</summary>
/// <param name="Results">As printed.</param>
/// <param name="Measurements">Every round.</param>
/// <param name="Rounds">Rounds of each.</param>
/// <param name="Passes">Passes over the samples in a round.</param>
/// <param name="Machine">Machine and versions.</param>
internal sealed record DataBenchFile(IReadOnlyList<DataBenchResult> Results, IReadOnlyList<DataBenchMeasurement> Measurements, int Rounds, int Passes, BenchMachine Machine);

/// <summary>Times our way from file to numbers and a peer's in turns, on one thread each, so that both meet the same machine.</summary>
internal static class DataBenchmark
{
    private const int WarmupPasses = 2;

    /// <summary>Measures one kind of data.</summary>
    /// <param name="item">The kind.</param>
    /// <param name="settings">How; a step is a pass over the samples.</param>
    /// <param name="cancellation">Stops between passes.</param>
    /// <exception cref="PeerException">The peer can't be measured.</exception>
    public static async Task<DataBenchMeasurement> RunAsync(DataCase item, BenchSettings settings, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("selfsame-bench-").FullName;
        try
        {
            settings.OnPhase($"{item.Name}: preparing files and warming up");
            var work = await item.Open(folder, cancellation).ConfigureAwait(false);
            using var peer = settings.Python is { } python
                ? await PeerProcess.StartAsync(python, RepositoryFile.Find(item.Peer), threads: 1, "fp32", settings, cancellation, folder).ConfigureAwait(false)
                : null;
            var done = 0L;
            Round(WarmupPasses);
            var (ours, peers) = (new List<double>(settings.Rounds), new List<double>(settings.Rounds));
            for (var round = 1; round <= settings.Rounds; round++)
            {
                settings.OnPhase($"{item.Name}: round {round} of {settings.Rounds}");
                ours.Add(Round(settings.Steps));
                if (peer is not null)
                    peers.Add(await peer.RoundAsync(settings.Steps, cancellation).ConfigureAwait(false));
            }

            return DataBenchMeasurement.Of(item.Name, work.Samples * settings.Steps, ours, peers, peer?.Version);

            double Round(int passes)
            {
                var start = settings.Time.GetTimestamp();
                for (var k = 0; k < passes; k++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    work.Pass(done++);
                }

                return settings.Time.GetElapsedTime(start).TotalSeconds;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
