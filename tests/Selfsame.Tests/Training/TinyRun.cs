using System.Diagnostics;
using System.Runtime.InteropServices;
using Selfsame.Modalities.Media;
using Selfsame.Recipes;
using Selfsame.Tests.Parity;
using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Tests.Training;

/// <summary>Runs that take a second: a network of 16 x 2 on small made-up pictures.</summary>
internal static partial class TinyRun
{
    public const string SelfFlow = """
        system: self-flow
        seed: 3
        duration: { steps: 60 }
        batch: 8
        data: { source: missing, split: all, workers: 2, views: [{ size: 16, crop: { scale: [0.5, 1.0] } }] }
        encoder: { kind: dit, patch: 4, width: 16, depth: 2, heads: 2 }
        objective: { label: folder }
        optimizer: { kind: adamw, rate: 1.0e-3 }
        schedule: { kind: constant, warmup: { steps: 5 } }
        ema: { momentum: 0.9 }
        precision: fp32
        checkpoint: { every: { steps: 20 }, keep: 3 }
        log: { every: { steps: 10 } }
        evaluate: null
        """;

    public const string Mae = """
        system: mae
        seed: 4
        duration: { steps: 20 }
        batch: 8
        data: { source: missing, split: all, workers: 2, views: [{ size: 16 }] }
        encoder: { kind: vit, patch: 4, width: 16, depth: 2, heads: 2 }
        objective: { decoder: { width: 16, depth: 1, heads: 2 } }
        optimizer: { kind: adamw, rate: 1.0e-3 }
        precision: fp32
        checkpoint: { every: { steps: 10 } }
        log: { every: { steps: 10 } }
        evaluate: null
        """;

    private static readonly string[] Kinds = ["stripes", "blocks"];

    public static IReadOnlyDictionary<string, string> NoEnvironment { get; } = new Dictionary<string, string>();

    /// <summary>Writes pictures of two kinds into folders of their names.</summary>
    public static string Pictures(string folder, int count, int side = 20)
    {
        var random = new Random(11);
        for (var n = 0; n < count; n++)
        {
            var kind = n % 2;
            var pixels = new byte[side * side * 3];
            random.NextBytes(pixels);
            for (var k = 0; k < pixels.Length; k++)
            {
                var (y, x) = (k / 3 / side, k / 3 % side);
                var bright = kind == 0 ? y % 4 < 2 : ((y / 5) + (x / 5)) % 2 == 0;
                pixels[k] = (byte)((pixels[k] / 4) + (bright ? 160 : 20));
            }

            var path = Path.Combine(folder, Kinds[kind], FormattableString.Invariant($"{n:000}.png"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, PngWriter.Encode(pixels, side, side, 3));
        }

        return folder;
    }

    public static LoadedRecipe Load(string yaml, string pictures, params string[] sets) => new RecipeLoader(SystemTable.BuiltIn)
        .LoadText(yaml, "tiny.yaml", [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), pictures), .. sets.Select(Override.Set)], NoEnvironment);

    public static Task<RunResult> RunAsync(LoadedRecipe recipe, string folder, ITrainingObserver? observer = null, CancellationToken cancellation = default) =>
        Pretraining.RunAsync(new PretrainingOptions { Recipe = recipe, Folder = folder, Observer = observer ?? new Watcher() }, cancellation);

    /// <summary>Every byte of every tensor file of the newest checkpoint, by file name.</summary>
    public static SortedDictionary<string, byte[]> Tensors(string folder)
    {
        var run = new RunFolder(folder);
        var newest = run.Checkpoint(run.CheckpointSteps()[^1]);
        return new(Directory.EnumerateFiles(newest, "*.safetensors").ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes), StringComparer.Ordinal);
    }

    public static void AssertSameTensors(string expected, string actual)
    {
        var (left, right) = (Tensors(expected), Tensors(actual));
        Assert.Equal(left.Keys, right.Keys);
        foreach (var (name, bytes) in left)
            Assert.True(bytes.AsSpan().SequenceEqual(right[name]), $"{name} differs");
    }

    /// <summary>Starts the command line in a process of its own.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments, out _);

    /// <summary>Starts the command line in a process of its own.</summary>
    /// <param name="environment">Variables beside the inherited ones.</param>
    /// <param name="arguments">Without the program.</param>
    /// <param name="output">Receives what it prints.</param>
    public static Process Start(Dictionary<string, string> environment, string[] arguments, out StringWriter output)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))! };
        start.Environment["OMP_WAIT_POLICY"] = "passive";  // several of these share a machine
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "selfsame-cli.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var printed = output = new StringWriter { NewLine = "\n" };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                printed.WriteLine(line.Data);
        };
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>Waits until a checkpoint of at least this step is there, or the process has ended.</summary>
    public static void AwaitCheckpoint(Process process, string folder, long step)
    {
        var run = new RunFolder(folder);
        while (!process.HasExited && !(run.CheckpointSteps() is { Count: > 0 } steps && steps[^1] >= step))
            Thread.Sleep(5);
    }

    public static void Signal(Process process, int signal) => Assert.Equal(0, Kill(process.Id, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>Keeps what a run reports, and may act on it.</summary>
internal sealed class Watcher(Action<TrainingEvent>? act = null) : ITrainingObserver
{
    public List<TrainingEvent> Events { get; } = [];

    public IEnumerable<string> Warnings => Events.OfType<TrainingEvent.Warning>().Select(w => w.Message);

    public void On(TrainingEvent happened)
    {
        Events.Add(happened);
        act?.Invoke(happened);
    }
}
