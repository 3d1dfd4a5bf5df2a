using System.Diagnostics;
using Selfsame.Cli;
using Selfsame.Cli.Completion;
using Selfsame.Cli.Verbs;

namespace Selfsame.Tests.Cli;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("./selfsame pret", "pretrain")]
    [InlineData("./selfsame pretrain recipes/ma", "recipes/mae.yaml")]
    [InlineData("./selfsame pretrain --data em", "emoji\nemoji-captions\nemoji-words")]
    [InlineData("./selfsame pretrain --dry", "--dry-run")]
    [InlineData("./selfsame pretrain --precision bf", "bf16")]
    [InlineData("./selfsame pretrain --set objective.mask_ra", "objective.mask_ratio=")]
    [InlineData("./selfsame completion fi", "fish")]
    [InlineData("./selfsame pretrain --device=cu", "cuda")]
    public async Task Bash_completes_through_the_script(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["recipes"]);
        File.WriteAllText(folder["recipes/mae.yaml"], "");
        File.WriteAllText(folder["script.bash"], CompletionScripts.All["bash"]);
        File.WriteAllText(folder["selfsame"], $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "selfsame-cli.dll")}' \"$@\"\n");
        // bash cuts words at these characters, as it does in a terminal.
        var words = System.Text.RegularExpressions.Regex.Matches(line, @"=|[^\s=]+").Select(match => $"'{match.Value}'").ToArray();
        var start = new ProcessStartInfo("bash", ["-c", $"chmod +x selfsame; source script.bash; COMP_LINE='{line}' COMP_POINT={line.Length} COMP_WORDS=({string.Join(' ', words)}) COMP_CWORD={words.Length - 1}; compopt() {{ :; }}; _selfsame; printf '%s\\n' \"${{COMPREPLY[@]}}\""])
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        Assert.Equal("", await process.StandardError.ReadToEndAsync());

        Assert.Equal(expected + "\n", output);
    }

    [Fact]
    public async Task Each_shell_has_a_script_that_asks_the_program()
    {
        foreach (var shell in CompletionScripts.All.Keys)
        {
            var run = await CliRun.OfAsync([CompletionVerb.Create], ["completion", shell]);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCodes.BadUsage, (await CliRun.OfAsync([CompletionVerb.Create], ["completion", "tcsh"])).ExitCode);
    }

    [Fact]
    public async Task Keys_of_every_kind_are_offered()
    {
        const string Line = "pretrain --sweep ";
        var run = await CliRun.OfAsync([PretrainVerb.Create], [$"[suggest:{Line.Length}]", Line]);
        var offered = run.Output.Split('\n');

        foreach (var key in (string[])["lr=", "batch=", "optimizer.betas=", "optimizer.kind=", "objective.gamma=", "objective.decoder.width=", "schedule.warmup.percent=", "evaluate.features.pooling="])
            Assert.Contains(key, offered);
        Assert.DoesNotContain("objective.kind=", offered);
    }
}
