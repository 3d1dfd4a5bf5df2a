namespace Selfsame.Cli;

/// <summary>The arguments parse, but ask for something that cannot be: ends the command with <see cref="ExitCodes.BadUsage"/>.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
internal sealed class UsageException(string message) : Exception(message);
