using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>How a benchmark measures.</summary>
internal sealed record BenchSettings
{
    /// <summary>Rounds of each side, alternating.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>What a round repeats: training steps, or passes over samples.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>Interpreter of the peers; null measures without peers.</summary>
    public string? Python { get; init; } = DefaultPython;

    /// <summary>Where steps are computed, ours and the peer's.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>The peer compiles its model (<c>torch.compile</c>).</summary>
    public bool Compiled { get; init; }

    /// <summary>Told what goes on.</summary>
    public Action<string> OnPhase { get; init; } = static _ => { };

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where Debian has the Python that its python3-torch belongs to.</summary>
    public const string DefaultPython = "/usr/bin/python3";
}
