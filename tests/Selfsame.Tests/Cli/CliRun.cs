using System.CommandLine;
using Selfsame.Cli;
using Selfsame.Cli.Verbs;

namespace Selfsame.Tests.Cli;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static async Task<CliRun> OfAsync(IEnumerable<Func<Command>> verbs, string[] args, bool trace = false, CancellationToken cancellation = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandRunner.RunAsync(RootVerb.Create(verbs), args, output, error, trace, cancellation);
        return new(exitCode, output.ToString(), error.ToString());
    }

    public static Task<CliRun> OfAsync(params string[] args) => OfAsync([ListVerb.Create, DoctorVerb.Create, ResultsTable.Create], args);
}
