namespace Selfsame.Cli.Bench;

/// <summary>A clock that counts the processor time of all threads of this process: what else the machine does makes it no slower.</summary>
internal sealed class ProcessorTime : TimeProvider
{
    private ProcessorTime()
    {
    }

    /// <summary>The clock of this process.</summary>
    public static ProcessorTime Own { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
