using System.CommandLine;
using Selfsame.Cli.Completion;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame completion SHELL</c>: a script that teaches a shell verbs, options, recipes, keys and data sets.</summary>
internal static class CompletionVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = $"One of {string.Join(", ", CompletionScripts.All.Keys)}." };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.All.Keys]);
        var verb = new Verb("completion", "Print a script with which a shell completes verbs, options, recipes, keys and data sets",
            new("completion bash", "bash: source <(./selfsame completion bash)"),
            new("completion fish", "fish: ./selfsame completion fish | source"))
        {
            shell,
        };
        verb.SetAction(parse => parse.Output.WriteLine(CompletionScripts.All[parse.GetValue(shell)!].ReplaceLineEndings("\n")));
        return verb;
    }
}
