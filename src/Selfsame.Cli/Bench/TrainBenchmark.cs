using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>How <c>bench train</c> measures.</summary>
internal sealed record TrainBenchmarkSettings
{
    /// <summary>Rounds of each side, alternating.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Steps in a round.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>Interpreter of the peers; null measures without peers.</summary>
    public string? Python { get; init; } = DefaultPython;

    /// <summary>Told what goes on.</summary>
    public Action<string> OnPhase { get; init; } = static _ => { };

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where Debian has the Python that its python3-torch belongs to.</summary>
    public const string DefaultPython = "/usr/bin/python3";
}

/// <summary>Times our training step and a peer's in turns, each in a process that stays warm, so that both meet the same machine.</summary>
internal static class TrainBenchmark
{
    private const int WarmupSteps = 2;

    /// <summary>Measures one model.</summary>
    /// <param name="item">The model.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="PeerException">The peer can't be measured.</exception>
    public static async Task<BenchMeasurement> RunAsync(BenchCase item, TrainBenchmarkSettings settings, CancellationToken cancellation)
    {
        var (recipe, model) = item.Load();
        TorchRuntime.Threads = Environment.ProcessorCount;
        settings.OnPhase($"{item.Name}: warming up");
        using var peer = settings.Python is { } python
            ? await PeerProcess.StartAsync(python, BenchCase.Find(item.Peer), Environment.ProcessorCount, cancellation).ConfigureAwait(false)
            : null;
        using var own = new OwnStep(recipe, model, settings.Time);
        own.Round(WarmupSteps, cancellation);
        var (ours, peers) = (new List<double>(settings.Rounds), new List<double>(settings.Rounds));
        for (var round = 1; round <= settings.Rounds; round++)
        {
            settings.OnPhase($"{item.Name}: round {round} of {settings.Rounds}");
            ours.Add(own.Round(settings.Steps, cancellation));
            if (peer is not null)
                peers.Add(await peer.RoundAsync(settings.Steps, cancellation).ConfigureAwait(false));
        }

        settings.OnPhase($"{item.Name}: measuring the machine's matrix products");
        var work = StepWork.Of(recipe, model);
        var limit = MatrixRate.Measure(work.Blocks, settings.Time, cancellation);
        return BenchMeasurement.Of(item.Name, recipe.Batch * settings.Steps, settings.Steps, ours, peers, peer?.Version, work.Flops, limit);
    }
}
