using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Display;

/// <summary>Something on the screen that ends with the run.</summary>
internal interface IProgressDisplay : ITrainingObserver, IDisposable;

/// <summary>Chooses how a run is shown.</summary>
internal static class ProgressDisplay
{
    /// <summary>JSON where a program asked for it, a live view on a terminal, plain lines elsewhere.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="output">Where lines go.</param>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    /// <param name="time">Clock.</param>
    internal static IProgressDisplay Create(IAnsiConsole console, TextWriter output, bool json, TimeProvider time) => json
        ? new JsonProgress(output, time)
        : console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi
            ? new LiveProgress(console, time)
            : new PlainProgress(output, time);

    /// <summary>A console on standard output: plain text when piped, without colours when NO_COLOR is set (https://no-color.org).</summary>
    internal static IAnsiConsole CreateConsole()
    {
        var piped = Console.IsOutputRedirected;
        var colours = !piped && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = piped ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = piped ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        return console;
    }
}
