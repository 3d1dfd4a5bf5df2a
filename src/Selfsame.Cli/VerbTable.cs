using System.CommandLine;
using Selfsame.Cli.Verbs;

namespace Selfsame.Cli;

/// <summary>The verbs.</summary>
internal static class VerbTable
{
    /// <summary>Makers of all verbs, in the order of the help. A new verb is one more line.</summary>
    public static IReadOnlyList<Func<Command>> All { get; } =
    [
        PretrainVerb.Create,
        EvaluateVerb.Create,
        EmbedVerb.Create,
        ProbeVerb.Create,
        FinetuneVerb.Create,
        GenerateVerb.Create,
        CompareVerb.Create,
        ClaimsVerb.Create,
        VerifyVerb.Create,
        DataVerb.Create,
        TokenizerVerb.Create,
        ListVerb.Create,
        SchemaVerb.Create,
        DoctorVerb.Create,
        CompletionVerb.Create,
        BenchVerb.Create,
        ResultsTable.Create,
    ];

    /// <summary>Whether a command line will need libtorch, as far as its first word tells: then loading it and reading the command line go side by side.</summary>
    /// <param name="args">Without the program's name.</param>
    public static bool Computes(ReadOnlySpan<string> args) =>
        args is ["pretrain" or "evaluate" or "embed" or "probe" or "finetune" or "generate" or "verify", ..] && !args.ContainsAny("--help", "-h", "-?");
}
