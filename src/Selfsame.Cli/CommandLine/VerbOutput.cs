using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Selfsame.Cli;

/// <summary>Where and how a verb writes.</summary>
internal static class VerbOutput
{
    /// <summary>Width of tables that go to a pipe or a file, where there is no window to fit.</summary>
    private const int PipeWidth = 160;

    extension(ParseResult parse)
    {
        /// <summary>Takes results, and nothing else.</summary>
        public TextWriter Output => parse.InvocationConfiguration.Output;

        /// <summary>Takes progress, notes and errors.</summary>
        public TextWriter Error => parse.InvocationConfiguration.Error;

        /// <summary>Spectre console over <c>Output</c>: coloured on a terminal unless <c>NO_COLOR</c> is set, plain elsewhere.</summary>
        public IAnsiConsole Console() => For(parse.InvocationConfiguration.Output, System.Console.Out, System.Console.IsOutputRedirected);

        /// <summary>The same over <c>Error</c>, for progress.</summary>
        public IAnsiConsole ErrorConsole() => For(parse.InvocationConfiguration.Error, System.Console.Error, System.Console.IsErrorRedirected);

        /// <summary>Writes one JSON value and a line end.</summary>
        public void WriteJson<T>(T value, JsonTypeInfo<T> type) => parse.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(value, type));
    }

    private static IAnsiConsole For(TextWriter writer, TextWriter standard, bool redirected)
    {
        var terminal = ReferenceEquals(writer, standard) && !redirected;
        var plain = !terminal || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
