using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Selfsame.Cli.Completion;

namespace Selfsame.Cli;

/// <summary>The command itself: its verbs, its help, its version.</summary>
internal static class RootVerb
{
    private static readonly Example[] s_examples =
    [
        new("pretrain", "train on the quick-start recipe and report"),
        new("pretrain recipes/mae.yaml --data photos/", "another system, on a folder of yours"),
        new("list", "the systems there are"),
        new("doctor", "what this machine has and what is missing"),
    ];

    /// <summary>Version of this build, with the commit it was built from where that is known.</summary>
    public static string Version { get; } =
        typeof(RootVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Puts the verbs under one root. Without a verb it prints the help.</summary>
    /// <param name="verbs">Makers of the verbs, in the order of the help.</param>
    public static RootCommand Create(IEnumerable<Func<Command>> verbs)
    {
        var root = new RootCommand(
            "Self-supervised training for .NET: learns from images, sound, video, text, code and genomes without labels.\n" +
            "Results go to stdout, progress and errors to stderr. Exit code: 0 done, 1 failed, 2 bad usage, 130 cancelled.")
        {
            HelpName = "selfsame",
        };
        foreach (var create in verbs)
            root.Add(create());
        Completions.Attach(root);

        foreach (var option in root.Options)
        {
            if (option is HelpOption help)
                help.Action = new HelpWithExamples(s_examples);
            else if (option is VersionOption version)
                version.Action = new PrintVersion();
        }

        root.SetAction(static parse => new HelpWithExamples(s_examples).Invoke(parse));
        return root;
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Version);
            return ExitCodes.Done;
        }
    }

    private sealed class HelpWithExamples(IReadOnlyList<Example> rootExamples) : SynchronousCommandLineAction
    {
        // Fixed, so that help reads the same in a narrow pane, a pipe and a test.
        private readonly HelpAction _help = new() { MaxWidth = 120 };

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            _help.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            var examples = command is RootCommand ? rootExamples : (command as Verb)?.Examples ?? [];
            if (examples.Count > 0)
                WriteExamples(parseResult.InvocationConfiguration.Output, examples);
            return ExitCodes.Done;
        }

        private static void WriteExamples(TextWriter output, IReadOnlyList<Example> examples)
        {
            var width = examples.Max(example => example.Line.Length);
            output.WriteLine("Examples:");
            foreach (var example in examples)
                output.WriteLine($"  selfsame {example.Line.PadRight(width)}  {example.Meaning}");
            output.WriteLine();
        }
    }
}
