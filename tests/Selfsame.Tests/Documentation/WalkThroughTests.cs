using System.Diagnostics;
using Selfsame.Tests.Training;

namespace Selfsame.Tests.Documentation;

/// <summary>Runs every command of the documentation, page by page in the reader's order, with real processes; only the training is cut to a few steps.</summary>
[Trait("Category", "Long")]
public sealed class WalkThroughTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Pages => [.. DocumentedCommands.Pages.Where(page => DocumentedCommands.Of(page).Any(IsOurs))];

    [Theory, MemberData(nameof(Pages))]
    public async Task Every_command_works(string page)
    {
        Prepare();
        foreach (var command in DocumentedCommands.Of(page).Where(IsOurs))
        {
            var (status, errors) = await RunAsync(command.Arguments);
            Assert.True(status == 0, $"{command} ended with {status}:\n{errors}");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsOurs(DocumentedCommand command) => command.Text.StartsWith(DocumentedCommands.Program, StringComparison.Ordinal);

    // What a reader has: the repository's folders, and some pictures.
    private void Prepare()
    {
        foreach (var name in (string[])["recipes", "tests", "docs", "results", "README.md"])
            File.CreateSymbolicLink(_folder[name], Path.Combine(DocumentedCommands.Root, name));
        TinyRun.Pictures(_folder["photos"], 60, side: 48);
    }

    private async Task<(int Status, string Errors)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SELFSAME_DURATION__STEPS"] = "3";
        start.Environment["SELFSAME_BATCH"] = "16";
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "selfsame-cli.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors + await output);
    }
}
