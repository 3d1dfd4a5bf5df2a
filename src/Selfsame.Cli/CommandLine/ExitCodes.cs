namespace Selfsame.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>The command was understood but failed, or found what it looked for to be wrong.</summary>
    public const int Failed = 1;

    /// <summary>The command line, or a file it names as configuration, is not right.</summary>
    public const int BadUsage = 2;

    /// <summary>Ctrl-C or SIGTERM ended the command early (128 + SIGINT).</summary>
    public const int Cancelled = 130;
}
