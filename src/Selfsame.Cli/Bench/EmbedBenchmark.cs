namespace Selfsame.Cli.Bench;

/// <summary>Times a folder of pictures on its way to a file of vectors: the <c>embed</c> verb and a script, each from the start of its process to its end.</summary>
internal static class EmbedBenchmark
{
    private const string Peer = "bench/peers/embed.py";

    /// <summary>Measures.</summary>
    /// <param name="pictures">Pictures in the folder.</param>
    /// <param name="settings">How; a round is one process of each side.</param>
    /// <param name="cancellation">Ends the processes.</param>
    /// <exception cref="PeerException">A process failed.</exception>
    public static async Task<DataBenchMeasurement> RunAsync(int pictures, BenchSettings settings, CancellationToken cancellation)
    {
        settings.OnPhase("embed: preparing pictures");
        var folder = await EmbedFiles.PicturesAsync(pictures, cancellation).ConfigureAwait(false);
        var temporary = Directory.CreateTempSubdirectory("selfsame-bench-").FullName;
        try
        {
            var weights = Path.Combine(temporary, "vit.safetensors");
            EmbedFiles.WriteWeights(weights);
            var (file, arguments) = EmbedFiles.OwnCommand(folder, weights, Path.Combine(temporary, "ours.npy"));
            var (ours, peers) = (new List<double>(), new List<double>());
            string? version = null;
            for (var round = 1; round <= settings.Rounds; round++)
            {
                settings.OnPhase($"embed: round {round} of {settings.Rounds}");
                ours.Add((await WholeProcess.RunAsync(file, arguments, settings.Time, cancellation).ConfigureAwait(false)).Seconds);
                if (settings.Python is not { } python)
                    continue;
                var peer = await WholeProcess.RunAsync(python, [RepositoryFile.Find(Peer), folder, weights, Path.Combine(temporary, "peer.npy")], settings.Time, cancellation).ConfigureAwait(false);
                peers.Add(peer.Seconds);
                version = peer.FirstLine;
            }

            return DataBenchMeasurement.Of("embed", pictures, ours, peers, version);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
