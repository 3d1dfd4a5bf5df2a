namespace Selfsame.Cli.Bench;

/// <summary>From nothing to a vector: what <c>bench start --json</c> prints.</summary>
/// <param name="Name">What was started.</param>
/// <param name="Ours">Seconds, median of the rounds.</param>
/// <param name="Peer">The peer's; null without one.</param>
/// <param name="Ratio">Our seconds over the peer's, median over the pairs of rounds; null without a peer.</param>
internal sealed record StartResult(string Name, double Ours, double? Peer, double? Ratio);

/// <summary>What <c>--out</c> keeps.</summary>
/// <param name="Results">As printed.</param>
/// <param name="OursRounds">Seconds of each of our rounds.</param>
/// <param name="PeerRounds">Seconds of each of the peer's rounds, in the order of ours.</param>
/// <param name="Machine">Machine and versions.</param>
internal sealed record StartFile(IReadOnlyList<StartResult> Results, IReadOnlyList<double> OursRounds, IReadOnlyList<double> PeerRounds, BenchMachine Machine);

/// <summary>Times a new process to its first vector: start, weights, picture, vector, end.</summary>
internal static class StartBenchmark
{
    private const string Peer = "bench/peers/first.py";

    /// <summary>Measures.</summary>
    /// <param name="settings">How; a round is one process of each side. One more of each comes first, so that files lie in memory.</param>
    /// <param name="cancellation">Ends the processes.</param>
    /// <returns>Seconds of our rounds and of the peer's, and what the peer runs on.</returns>
    /// <exception cref="PeerException">A process failed.</exception>
    public static async Task<(IReadOnlyList<double> Ours, IReadOnlyList<double> Peers, string? Version)> RunAsync(BenchSettings settings, CancellationToken cancellation)
    {
        var folder = await EmbedFiles.PicturesAsync(1, cancellation).ConfigureAwait(false);
        var temporary = Directory.CreateTempSubdirectory("selfsame-bench-").FullName;
        try
        {
            var weights = Path.Combine(temporary, "vit.safetensors");
            EmbedFiles.WriteWeights(weights);
            var (file, arguments) = EmbedFiles.OwnCommand(folder, weights, Path.Combine(temporary, "vector.jsonl"));
            var picture = Directory.GetFiles(folder)[0];
            var (ours, peers) = (new List<double>(), new List<double>());
            string? version = null;
            for (var round = 0; round <= settings.Rounds; round++)
            {
                settings.OnPhase($"start: round {round} of {settings.Rounds}");
                var own = await WholeProcess.RunAsync(file, arguments, settings.Time, cancellation).ConfigureAwait(false);
                if (round > 0)
                    ours.Add(own.Seconds);
                if (settings.Python is not { } python)
                    continue;
                var peer = await WholeProcess.RunAsync(python, [RepositoryFile.Find(Peer), picture, weights], settings.Time, cancellation).ConfigureAwait(false);
                version = peer.FirstLine;
                if (round > 0)
                    peers.Add(peer.Seconds);
            }

            return (ours, peers, version);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Sums rounds up.</summary>
    /// <param name="ours">Seconds of our rounds.</param>
    /// <param name="peers">Seconds of the peer's rounds, as many as ours; empty without a peer.</param>
    public static StartResult Of(IReadOnlyList<double> ours, IReadOnlyList<double> peers) => peers.Count == 0
        ? new("start", BenchMeasurement.Median(ours), null, null)
        : new("start", BenchMeasurement.Median(ours), BenchMeasurement.Median(peers), BenchMeasurement.Median([.. ours.Zip(peers, (own, peer) => own / peer)]));
}
