using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Tests.Training;

/// <summary>The uninterrupted run that all others are compared with.</summary>
public sealed class ReferenceRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReferenceRun()
    {
        TinyRun.Pictures(_folder["pictures"], 30);
        File.WriteAllText(Recipe, TinyRun.SelfFlow);
        using var process = TinyRun.Start(Arguments(Run));
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public string Run => _folder["reference"];

    private string Recipe => _folder["tiny.yaml"];

    // Low precision and micro-batches, so that the copies and counters they need are restored too.
    public string[] Arguments(string run) =>
        ["pretrain", Recipe, "--data", _folder["pictures"], "--steps", "300", "--no-evaluate", "--precision", "bf16", "--set", "micro_batch=4", "--out", run];

    public void Dispose() => _folder.Dispose();
}

[Trait("Category", "Long")]
public sealed class KillTests(ReferenceRun reference) : IClassFixture<ReferenceRun>
{
    private const int Interrupt = 2, Kill = 9, Terminate = 15;

    [Fact]
    public void A_run_killed_three_times_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        var run = folder["run"];
        foreach (var step in new[] { 20, 100, 180 })
        {
            using var process = TinyRun.Start(reference.Arguments(run));
            TinyRun.AwaitCheckpoint(process, run, step);
            Thread.Sleep(random.Next(250));  // anywhere: within a step, a log line, a checkpoint
            Assert.False(process.HasExited);
            TinyRun.Signal(process, Kill);
            process.WaitForExit();
            Assert.Equal(128 + Kill, process.ExitCode);
            Assert.False(File.Exists(new RunFolder(run).ResultPath));
        }

        using (var last = TinyRun.Start(reference.Arguments(run)))
        {
            last.WaitForExit();
            Assert.Equal(0, last.ExitCode);
        }

        TinyRun.AssertSameTensors(reference.Run, run);
        var (expected, found) = (Lines(reference.Run), Lines(run));
        Assert.Equal(Enumerable.Range(1, 30).Select(k => k * 10L), found.Select(line => line.Step));
        Assert.Equal(expected.Select(line => line.Loss), found.Select(line => line.Loss));
        Assert.Equal([260, 280, 300], new RunFolder(run).CheckpointSteps());
        Assert.Empty(Directory.EnumerateDirectories(new RunFolder(run).CheckpointsPath, "*.partial"));
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public void A_signal_saves_a_checkpoint_and_exits_with_130(int signal)
    {
        using var folder = new TemporaryFolder();
        var run = folder["run"];
        using (var process = TinyRun.Start(reference.Arguments(run)))
        {
            TinyRun.AwaitCheckpoint(process, run, 20);
            Thread.Sleep(50);
            TinyRun.Signal(process, signal);
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(130, process.ExitCode);
            Assert.EndsWith("cancelled\n", error, StringComparison.Ordinal);
        }

        var saved = new RunFolder(run).CheckpointSteps()[^1];
        Assert.InRange(saved, 21, 299);
        Assert.Equal(saved, Checkpoint.Read(new RunFolder(run).Checkpoint(saved)).Step);
        using var last = TinyRun.Start(reference.Arguments(run));
        last.WaitForExit();
        Assert.Equal(0, last.ExitCode);
        TinyRun.AssertSameTensors(reference.Run, run);
    }

    private static List<(long Step, double Loss)> Lines(string run) =>
        [.. MetricsLog.Read(new RunFolder(run).MetricsPath).Select(entry => (entry.Step, entry.Metrics.Single(m => m.Name == "loss").Value))];
}
