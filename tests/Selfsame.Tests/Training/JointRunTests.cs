using Selfsame.Modalities.Image;
using Selfsame.Modalities.Video;
using Selfsame.Recipes;
using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Tests.Training;

/// <summary>Whole runs of Self-Flow over pictures, films, sounds and texts: trained, stopped and resumed, judged, shown.</summary>
public sealed class JointRunTests : IDisposable
{
    private const string Recipe = """
        system: self-flow
        seed: 3
        duration: { steps: 4 }
        batch: 6
        data:
          source: missing
          split: all
          workers: 1
          image: { views: [{ size: 16 }] }
          video: { frames: 4, view: { size: 16 } }
          audio: { seconds: 0.2, sample_rate: 8000, features: filter_bank, bins: 20 }
          text: { max_length: 12, mark: false }
          MIX
        encoder: { kind: dit, patch: 8, width: 16, depth: 2, heads: 2, spectrogram_patch: [6, 20], text_span: 3 }
        objective: { modalities: { audio: { fill: true, sampling_shift: 2 } } }
        optimizer: { kind: adamw, rate: 1.0e-3 }
        ema: { momentum: 0.9 }
        precision: fp32
        checkpoint: { every: { steps: 2 } }
        log: { every: { steps: 2 } }
        evaluate: EVALUATE
        """;

    private readonly TemporaryFolder _folder = new();

    public JointRunTests()
    {
        TinyRun.Pictures(_folder["data"], 60, 16);
        foreach (var (picture, n) in Directory.EnumerateFiles(_folder["data"], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select((path, n) => (path, n)).ToArray())
        {
            var stem = picture[..^4];
            File.WriteAllText(stem + ".txt", $"number {n}");
            File.WriteAllBytes(stem + ".wav", ModalityRunTests.Wave(900 + (20 * n), 8000, 1, n));
            var frames = Enumerable.Range(0, 4).Select(t => Frame(n + t)).ToArray();
            VideoWriter.Write(stem + ".mp4", frames, 8);
            Array.ForEach(frames, frame => frame.Dispose());
            if (n % 5 == 4)
                File.Delete(picture);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static ImageBuffer Frame(int n)
    {
        var frame = new ImageBuffer(16, 16);
        for (var k = 0; k < frame.Pixels.Length; k++)
            frame.Pixels[k] = (byte)((17 * n) + (k % 48));
        return frame;
    }

    private LoadedRecipe Load(string mix = "", string evaluate = "null") => new RecipeLoader(SystemTable.BuiltIn).LoadText(
        Recipe.Replace("MIX", mix, StringComparison.Ordinal).Replace("EVALUATE", evaluate, StringComparison.Ordinal), "tiny.yaml",
        [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), _folder["data"])], TinyRun.NoEnvironment);

    private static Task<RunResult> Run(LoadedRecipe recipe, string folder, ITrainingObserver? observer = null, CancellationToken cancellation = default) =>
        Pretraining.RunAsync(new PretrainingOptions { Recipe = recipe, Folder = folder, Observer = observer ?? new Watcher() }, cancellation);

    [Theory]
    [InlineData("")]
    [InlineData("mix: { image: 1, audio: 2, text: 1, video: 1 }")]
    public async Task A_run_that_was_stopped_ends_with_the_same_bits(string mix)
    {
        var recipe = Load(mix);
        await Run(recipe, _folder["whole"]);
        using var stop = new CancellationTokenSource();
        var stopper = new Watcher(e =>
        {
            if (e is TrainingEvent.CheckpointSaved { Step: 2 })
                stop.Cancel();
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => Run(recipe, _folder["run"], stopper, stop.Token));
        await Run(recipe, _folder["run"]);
        TinyRun.AssertSameTensors(_folder["whole"], _folder["run"]);
    }

    [Fact]
    public async Task Samples_of_each_modality_are_judged_written_and_shown()
    {
        var result = await Run(Load(evaluate: "{ label: folder, probe: null, samples: { count: 6, steps: 2 } }"), _folder["run"]);

        Assert.Superset(
            new HashSet<string> { "swd", "swd_video", "mel_distance", "frechet_mel", "velocity_error_text", "velocity_error_text_given", "velocity_error_audio_given" },
            result.Evaluation.Keys.ToHashSet());
        Assert.All(result.Evaluation.Values, value => Assert.True(double.IsFinite(value)));
        Assert.Equal("lower", result.Better!["velocity_error_text_given"]);
        var made = Path.Combine(_folder["run"], "made");
        foreach (var file in new[] { "image/000000.png", "video/000000.webp", "audio/000000.wav", "audio/000000.spectrum.png", "text/000015.txt" })
            Assert.True(File.Exists(Path.Combine(made, file)), file);
        var page = await File.ReadAllTextAsync(Path.Combine(_folder["run"], "report.html"));
        Assert.Contains("src=\"data:audio/wav;base64,", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/webp;base64,", page, StringComparison.Ordinal);
    }
}
