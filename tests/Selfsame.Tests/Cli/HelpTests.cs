using System.Text.RegularExpressions;
using Selfsame.Cli;

namespace Selfsame.Tests.Cli;

public sealed class HelpTests
{
    private const string RootHelp =
        """
        Description:
          Self-supervised training for .NET: learns from images, sound, video, text, code and genomes without labels.
          Results go to stdout, progress and errors to stderr. Exit code: 0 done, 1 failed, 2 bad usage, 130 cancelled.

        Usage:
          selfsame [command] [options]

        Options:
          -?, -h, --help  Show help and usage information
          --version       Show version information

        Commands:
          list <protocols|systems>  List the systems that can be trained, or the evaluation protocols
          doctor                    Say what this machine has, what is missing, and how to get it

        Examples:
          selfsame pretrain                                  train on the quick-start recipe and report
          selfsame pretrain recipes/mae.yaml --data photos/  another system, on a folder of yours
          selfsame list                                      the systems there are
          selfsame doctor                                    what this machine has and what is missing


        """;

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task The_root_teaches(params string[] args)
    {
        Assert.Equal(new CliRun(ExitCodes.Done, RootHelp.ReplaceLineEndings("\n"), ""), await CliRun.OfAsync(args));
    }

    [Fact]
    public async Task A_verb_ends_in_its_examples()
    {
        var run = await CliRun.OfAsync("list", "--help");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.EndsWith(
            """
            Examples:
              selfsame list                   all systems
              selfsame list --modality audio  those that learn from sound
              selfsame list protocols         how metrics are measured
              selfsame list --json            for a program


            """.ReplaceLineEndings("\n"), run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_that_of_the_program()
    {
        var run = await CliRun.OfAsync("--version");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Matches(new Regex(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?\n$"), run.Output);
    }

    [Theory]
    [InlineData("do", "doctor\n")]
    [InlineData("doctor --js", "--json\n")]
    public async Task The_shell_can_complete(string line, string completions)
    {
        Assert.Equal(new CliRun(ExitCodes.Done, completions, ""), await CliRun.OfAsync($"[suggest:{line.Length}]", line));
    }
}
