using System.Diagnostics;
using System.Text.RegularExpressions;
using Selfsame.Tests.Training;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Tests.Documentation;

/// <summary>Runs every command of the documentation, page by page in the reader's order, with real processes; only the training is cut to a few steps.</summary>
[Trait("Category", "Long")]
public sealed partial class WalkThroughTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Pages => [.. DocumentedCommands.Pages.Where(page => DocumentedCommands.Of(page).Any(IsOurs))];

    [Theory, MemberData(nameof(Pages))]
    public async Task Every_command_works(string page)
    {
        Prepare();
        foreach (var command in DocumentedCommands.Of(page).Where(IsOurs))
        {
            var (status, errors) = await RunAsync(command);
            Assert.True(status == 0, $"{command} ended with {status}:\n{errors}");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsOurs(DocumentedCommand command) => command.Text.StartsWith(DocumentedCommands.Program, StringComparison.Ordinal);

    // What a reader has: the repository's folders, the command, some pictures, and public weights.
    private void Prepare()
    {
        foreach (var name in (string[])["recipes", "tests", "docs", "results", "README.md"])
            File.CreateSymbolicLink(_folder[name], Path.Combine(DocumentedCommands.Root, name));
        File.WriteAllText(_folder["selfsame"], $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "selfsame-cli.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["selfsame"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        TinyRun.Pictures(_folder["photos"], 60, side: 48);
        WriteWeights(_folder["dinov2.safetensors"]);
    }

    // Names and width of DINOv2's small model, which tells its number of heads; two blocks with the values of the small parity case, over and over.
    private static void WriteWeights(string path)
    {
        const string Parameter = "param/";
        const int Narrow = 24, Wide = 384;
        using var file = SafetensorsFile.Open(Path.Combine(DocumentedCommands.Root, "tests/parity/checkpoints/dinov2.a.safetensors"));
        SafetensorsWriter.Write(path, file.Entries.Where(e => e.Name.StartsWith(Parameter, StringComparison.Ordinal)).Select(e =>
        {
            var shape = e.Shape.Select(side => side % Narrow == 0 ? side / Narrow * Wide : side).ToArray();
            var (source, bytes) = (file.Bytes(e.Name).ToArray(), new byte[shape.Aggregate(sizeof(float), (long size, long side) => size * side)]);
            for (var at = 0; at < bytes.Length; at += source.Length)
                source.AsSpan(0, Math.Min(source.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
            return (e.Name[Parameter.Length..], e.DType, shape, (ReadOnlyMemory<byte>)bytes);
        }));
    }

    private async Task<(int Status, string Errors)> RunAsync(DocumentedCommand command)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SELFSAME_DURATION__STEPS"] = "3";
        start.Environment["SELFSAME_BATCH"] = "16";
        start.Environment["SELFSAME_EVALUATE__TRAIN_SAMPLES"] = "200";
        start.Environment["SELFSAME_EVALUATE__TEST_SAMPLES"] = "200";
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Length().Replace(command.Text, "--steps 3"));
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors + await output);
    }

    [GeneratedRegex(@"--(steps|samples) \d+")]
    private static partial Regex Length();
}
