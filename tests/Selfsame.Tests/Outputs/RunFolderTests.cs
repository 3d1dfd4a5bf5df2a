using System.Diagnostics;
using System.Text.Json;
using Selfsame.Training;

namespace Selfsame.Tests.Outputs;

public class RunFolderTests
{
    [Fact]
    public void A_folder_is_held_until_it_is_let_go()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        using (run.Lock(new FakeTime()))
        {
            var error = Assert.Throws<RunFolderInUseException>(() => run.Lock());
            Assert.Equal(Environment.ProcessId, error.ProcessId);
            Assert.Equal(
                $"{folder.Path} is in use by process {Environment.ProcessId} on {Environment.MachineName} since 2026-01-02 03:04:05 UTC. " +
                $"Wait for it, stop it with \"kill {Environment.ProcessId}\", or train into another folder with --out.", error.Message);
        }
        run.Lock().Dispose();
    }

    // A note without the system's lock is what a killed process leaves, and what is seen where the file system has no locks.
    [Fact]
    public void A_note_counts_only_while_its_very_process_lives()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        using var other = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        try
        {
            var owner = RunLock.Owner.Current(new FakeTime()) with { Pid = other.Id, Identity = ProcessIdentity.Of(other.Id)! };
            owner.Write(folder.Path);
            Assert.Equal(other.Id, Assert.Throws<RunFolderInUseException>(() => run.Lock()).ProcessId);

            (owner with { Identity = "another start" }).Write(folder.Path); // the number was given to a later process
            run.Lock().Dispose();

            owner.Write(folder.Path);
        }
        finally
        {
            other.Kill();                                                   // kill -9
            other.WaitForExit();
        }
        run.Lock().Dispose();
    }

    [Fact]
    public void A_damaged_note_does_not_stop_a_run()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[RunLock.OwnerName], "{\"pid\":");
        new RunFolder(folder.Path).Lock().Dispose();
    }

    [Fact]
    public void Taking_a_folder_clears_what_a_killed_writer_left()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["report.html.999999999-1.tmp"], "half");
        File.WriteAllText(folder[$"report.html.{Environment.ProcessId}-1.tmp"], "being written");
        File.WriteAllText(folder["notes.tmp"], "someone else's");
        new RunFolder(folder.Path).Lock().Dispose();
        Assert.Equal([".lock", "notes.tmp", $"report.html.{Environment.ProcessId}-1.tmp"],
            Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a.txt"], "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
        AtomicFile.Write(folder["a.txt"], "new");
        Assert.Equal("new", File.ReadAllText(folder["a.txt"]));
    }

    [Fact]
    public void Checkpoints_count_once_they_are_published()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        Assert.Empty(run.CheckpointSteps());
        Directory.CreateDirectory(run.Checkpoint(1000));
        Directory.CreateDirectory(run.Checkpoint(200));
        Directory.CreateDirectory(run.Checkpoint(300) + ".aside");
        Assert.Equal([200, 1000], run.CheckpointSteps());
        AtomicFile.PublishFolder(run.Checkpoint(300) + ".aside", run.Checkpoint(300));
        Assert.Equal([200, 300, 1000], run.CheckpointSteps());
        Assert.Equal(Path.Combine(folder.Path, "checkpoints", "step-300"), run.Checkpoint(300));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData("")]
    public void A_sample_stays_in_its_folder(string name) =>
        Assert.Throws<ArgumentException>(() => new RunFolder("/tmp/run").Sample(name, 1));

    [Fact]
    public void A_result_is_this_text_and_reads_back()
    {
        var result = Example();
        Assert.Equal(ExampleJson, result.ToJson());
        Assert.Equal(ExampleJson, RunResult.FromJson(ExampleJson).ToJson());
    }

    [Fact]
    public void A_file_that_is_no_result_is_named()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        Assert.Null(run.ReadResult());
        File.WriteAllText(run.ResultPath, "{}");
        var error = Assert.Throws<InvalidDataException>(() => run.ReadResult());
        Assert.StartsWith($"{run.ResultPath} is not the result of a run: ", error.Message, StringComparison.Ordinal);
        Assert.IsType<JsonException>(error.InnerException);
    }

    internal static RunResult Example() => new()
    {
        System = "mae",
        Steps = 5000,
        Samples = 1_280_000,
        Seconds = 812.5,
        SamplesPerSecond = 1575.4,
        FinalLoss = double.NaN,
        Evaluation = new Dictionary<string, double> { ["knn_accuracy"] = 0.71 },
        Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>
        {
            [RunResult.RandomInit] = new Dictionary<string, double> { ["knn_accuracy"] = 0.42 },
            [RunResult.RawInput] = new Dictionary<string, double> { ["knn_accuracy"] = 0.55 },
        },
        Seed = 7,
        Command = "selfsame pretrain recipes/mae.yaml",
        Version = "0.1.0",
        Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Machine = "box",
        Environment = new() { Os = "Linux", Cpu = "Some CPU", CpuFeatures = ["avx512"], Cores = 2, MemoryBytes = 1024, Dotnet = "10.0.0" },
    };

    private const string ExampleJson = """
        {
          "system": "mae",
          "steps": 5000,
          "samples": 1280000,
          "seconds": 812.5,
          "samples_per_second": 1575.4,
          "final_loss": "NaN",
          "evaluation": {
            "knn_accuracy": 0.71
          },
          "baselines": {
            "random_init": {
              "knn_accuracy": 0.42
            },
            "raw_input": {
              "knn_accuracy": 0.55
            }
          },
          "seed": 7,
          "command": "selfsame pretrain recipes/mae.yaml",
          "version": "0.1.0",
          "started": "2026-01-02T03:04:05+00:00",
          "machine": "box",
          "environment": {
            "os": "Linux",
            "cpu": "Some CPU",
            "cpu_features": [
              "avx512"
            ],
            "cores": 2,
            "memory_bytes": 1024,
            "dotnet": "10.0.0",
            "libraries": {}
          }
        }

        """;
}
