using Selfsame.Tests.Data;
using Selfsame.Tests.Parity;
using Selfsame.Tests.Training;

namespace Selfsame.Tests.Cli;

/// <summary>What a process of the command line loads, and how it ends.</summary>
public sealed class StartAndEndTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Libraries_that_libtorch_names_and_does_not_use_stay_outside()
    {
        var empty = Directory.GetFiles(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, "native", "build", "unused"));
        Assert.All(empty, file => Assert.StartsWith("libopencv_", Path.GetFileName(file), StringComparison.Ordinal));

        var log = _folder["loaded"];
        using var process = TinyRun.Start(new() { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = log }, ["verify", Path.Combine(ParityFiles.Root, "vit")], out var output);
        await process.WaitForExitAsync();

        var started = string.Join('\n', Directory.GetFiles(_folder.Path, "loaded*").Select(File.ReadAllText)).Split('\n').Where(line => line.Contains("calling init:", StringComparison.Ordinal)).ToArray();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains(" passed, 0 failed", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(started, line => line.Contains("libtorch_cpu", StringComparison.Ordinal));
        Assert.DoesNotContain(started, line => line.Contains("libopencv_", StringComparison.Ordinal) && !line.Contains("/unused/", StringComparison.Ordinal));
    }

    // The process ends without libtorch's own end; what it printed and its status must be whole all the same, through a pipe too.
    [Theory]
    [InlineData(new[] { "verify", "tests/parity/vit" }, 0, " passed, 0 failed\n")]
    [InlineData(new[] { "verify", "tests/parity/vit", "--json" }, 0, "]\n")]
    [InlineData(new[] { "embed", "no-such-run", "--out", "x.npy" }, 1, "")]
    public async Task Status_and_output_are_whole(string[] arguments, int status, string end)
    {
        using var process = TinyRun.Start([], arguments, out var output);
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(status, process.ExitCode);
        Assert.EndsWith(end, output.ToString(), StringComparison.Ordinal);
        Assert.Equal(status == 0, errors.Length == 0);
    }
}
