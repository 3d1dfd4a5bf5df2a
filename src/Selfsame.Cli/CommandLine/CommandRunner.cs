using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Selfsame.Recipes;

namespace Selfsame.Cli;

/// <summary>The one place where a command line becomes an exit code: parsing, signals, exceptions.</summary>
internal static class CommandRunner
{
    /// <summary>Runs on the real console. The first Ctrl-C or SIGTERM asks the command to stop, the second ends the process.</summary>
    public static async Task<int> RunFromConsoleAsync(RootCommand root, string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        var trace = Environment.GetEnvironmentVariable("SELFSAME_TRACE") == "1";
        return await RunAsync(root, args, Console.Out, Console.Error, trace, stop.Token).ConfigureAwait(false);

        void Ask(PosixSignalContext signal)
        {
            // Left to its default the second signal ends the process at once.
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>Parses and runs one command line.</summary>
    /// <param name="root">From <see cref="RootVerb.Create"/>.</param>
    /// <param name="args">Without the program's name.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes errors.</param>
    /// <param name="trace">Whether an error comes with its stack trace.</param>
    /// <param name="cancellation">Cancelled by a signal.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        RootCommand root, string[] args, TextWriter output, TextWriter error, bool trace, CancellationToken cancellation)
    {
        var parse = root.Parse(args);
        if (UsageErrors.Find(parse) is { Count: > 0 } mistakes)
            return UsageErrors.Write(mistakes, parse, error);

        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parse.InvokeAsync(invocation, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await error.WriteLineAsync("cancelled").ConfigureAwait(false);
            return ExitCodes.Cancelled;
        }
        catch (Exception exception)
        {
            var cause = Cause(exception);
            foreach (var line in cause is RecipeException wrong ? wrong.Faults.Select(fault => fault.ToString()) : [Describe(cause)])
                await error.WriteLineAsync($"error: {line}").ConfigureAwait(false);
            if (trace)
                await error.WriteLineAsync(exception.ToString()).ConfigureAwait(false);
            return cause is UsageException or RecipeException ? ExitCodes.BadUsage : ExitCodes.Failed;
        }
    }

    private static Exception Cause(Exception exception) => exception switch
    {
        TargetInvocationException or TypeInitializationException when exception.InnerException is { } inner => Cause(inner),
        AggregateException { InnerExceptions: [var only] } => Cause(only),
        _ => exception,
    };

    // A message written for the user stands alone; one from a bug of ours means little without its type.
    private static string Describe(Exception exception) => exception switch
    {
        NullReferenceException or IndexOutOfRangeException or InvalidCastException or KeyNotFoundException =>
            $"{exception.GetType().Name}: {exception.Message} This is a bug in selfsame; SELFSAME_TRACE=1 shows where.",
        _ => exception.Message,
    };
}
