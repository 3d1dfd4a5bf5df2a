using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Media;
using Selfsame.Recipes;
using Selfsame.Training;
using Selfsame.Training.Logging;
using Selfsame.Training.Progress;

namespace Selfsame.Tests.Training;

/// <summary>Whole runs over each modality and over several at once, under the real trainer.</summary>
public sealed class ModalityRunTests : IDisposable
{
    private const string Recipe = """
        system: linear-autoencoder
        seed: 3
        duration: { steps: 24 }
        batch: 8
        PART
        data: { source: missing, split: all, workers: 2, max_bad: 0.5, buckets: 3, DATA }
        encoder: { kind: vit, patch: 4, width: 16, depth: 1, heads: 2, waveform_frame: 80 }
        objective: { weights: { text: 0.5 } }
        optimizer: { kind: adamw, rate: 3.0e-3 }
        precision: fp32
        checkpoint: { every: { steps: 12 } }
        log: { every: { steps: 4 } }
        evaluate: EVALUATE
        """;

    private const string Image = "image: { views: [{ size: 8 }] }", Audio = "audio: { seconds: 0.1, sample_rate: 8000 }", Text = "text: { max_length: 24 }";

    private static readonly SystemTable Systems = new(
        [new("linear-autoencoder", "Linear autoencoder", "Reconstruction", [.. Modality.All], "", "", typeof(LinearAutoencoderSettings))]);

    private readonly TemporaryFolder _folder = new();

    public ModalityRunTests() => Fill(_folder["data"], 24);

    public void Dispose() => _folder.Dispose();

    // Every sample lacks something: of three, one has all, one no picture, one no text; each third sound is missing. One file of each kind is broken.
    private static void Fill(string folder, int count)
    {
        TinyRun.Pictures(folder, count, 12);
        foreach (var (picture, n) in Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select((path, n) => (path, n)).ToArray())
        {
            var stem = picture[..^4];
            if (n % 3 != 2)
                File.WriteAllText(stem + ".txt", n % 2 == 0 ? $"picture number {n} of many" : $"ሥዕል {n}");
            if (n % 4 != 3)
                File.WriteAllBytes(stem + ".wav", Wave(400 + (60 * n), 8000, 1, n));
            if (n % 3 == 1)
                File.Delete(picture);
        }

        File.WriteAllText(Path.Combine(folder, "stripes", "broken.wav"), "no sound");
        File.WriteAllBytes(Path.Combine(folder, "stripes", "broken.txt"), [0x61, 0xff]);
        File.WriteAllBytes(Path.Combine(folder, "stripes", "wide.wav"), Wave(9600, 96000, 2, 5));
        File.WriteAllText(Path.Combine(folder, "stripes", "only words.txt"), "only words");
    }

    /// <summary>A tone in noise, as a WAV file.</summary>
    internal static byte[] Wave(int length, int rate, int channels, int seed)
    {
        var random = new Random(seed);
        var samples = new float[length * channels];
        for (var t = 0; t < samples.Length; t++)
            samples[t] = (float)((0.3 * Math.Sin(t % length * (0.05 + (0.02 * (seed % 7))))) + (0.02 * random.NextDouble()));
        return WavFile.Encode(samples, channels, rate);
    }

    private LoadedRecipe Load(string data, string evaluate = "null", string part = "micro_batch: 4", string? source = null) => new RecipeLoader(Systems).LoadText(
        Recipe.Replace("PART", part, StringComparison.Ordinal).Replace("DATA", data, StringComparison.Ordinal).Replace("EVALUATE", evaluate, StringComparison.Ordinal), "tiny.yaml",
        [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), source ?? _folder["data"])], TinyRun.NoEnvironment);

    private static Task<RunResult> Run(LoadedRecipe recipe, string folder, ITrainingObserver? observer = null, CancellationToken cancellation = default) =>
        Pretraining.RunAsync(new PretrainingOptions { Recipe = recipe, Folder = folder, Observer = observer ?? new Watcher(), Systems = Systems }, cancellation);

    [Theory]
    [InlineData(Image)]
    [InlineData(Audio)]
    [InlineData(Text)]
    [InlineData("text: { max_length: 24, tokenizer: { train: bpe, vocabulary: 300 } }")]
    [InlineData(Image + ", " + Audio + ", " + Text)]
    [InlineData(Image + ", " + Audio + ", " + Text + ", mix: { image: 1, audio: 2, text: 1 }")]
    [InlineData(Audio + ", " + Text + ", need: all")]
    public async Task A_run_that_was_stopped_ends_with_the_same_bits(string data)
    {
        var recipe = Load(data);
        var whole = await Run(recipe, _folder["whole"]);
        using var stop = new CancellationTokenSource();
        var stopper = new Watcher(e =>
        {
            if (e is TrainingEvent.CheckpointSaved { Step: 12 })
                stop.Cancel();
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => Run(recipe, _folder["run"], stopper, stop.Token));
        await Run(recipe, _folder["run"]);

        TinyRun.AssertSameTensors(_folder["whole"], _folder["run"]);
        var lines = MetricsLog.Read(new RunFolder(_folder["whole"]).MetricsPath).ToArray();
        var (first, last) = (Loss(lines[0]), Loss(lines[^1]));
        Assert.True(last < first, $"the loss went from {first} to {last}");
        Assert.True(double.IsFinite(whole.FinalLoss));
    }

    // A text says how red, green and blue its picture is.
    private string Colours()
    {
        var random = new Random(4);
        var folder = Directory.CreateDirectory(_folder["colours"]).FullName;
        for (var n = 0; n < 600; n++)
        {
            int[] levels = [random.Next(9), random.Next(9), random.Next(9)];
            byte[] pixels = [.. Enumerable.Range(0, 8 * 8 * 3).Select(k => (byte)(30 * levels[k % 3]))];
            File.WriteAllBytes(Path.Combine(folder, $"{n}.png"), PngWriter.Encode(pixels, 8, 8, 3));
            File.WriteAllText(Path.Combine(folder, $"{n}.txt"), $"{new string('r', levels[0])}{new string('g', levels[1])}{new string('b', levels[2])}.");
        }

        return folder;
    }

    private static double Loss(MetricsEntry entry) => entry.Metrics.Single(metric => metric.Name == "loss").Value;

    [Fact]
    public async Task Each_modality_has_a_curve_and_broken_files_are_listed_with_their_reason()
    {
        // In one piece: a part of a batch that lacks a modality would leave a gap in its curve.
        await Run(Load($"{Image}, {Audio}, {Text}", part: ""), _folder["run"]);

        var run = new RunFolder(_folder["run"]);
        var entry = MetricsLog.Read(run.MetricsPath).Last();
        var metrics = entry.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value);
        Assert.Equal(metrics["loss"], metrics["loss.image"] + metrics["loss.audio"] + (0.5 * metrics["loss.text"]), 3);
        var listed = File.ReadAllLines(run.QuarantinePath);
        Assert.Equal(2, listed.Length);
        Assert.Contains(listed, line => line.Contains("broken.wav", StringComparison.Ordinal));
        Assert.Contains(listed, line => line.Contains("broken.txt", StringComparison.Ordinal) && line.Contains("byte 1 (ff) starts no character", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Features_of_all_modalities_are_judged_beside_the_raw_input()
    {
        var result = await Run(Load($"{Image}, {Audio}, {Text}", "{ label: folder }"), _folder["run"]);

        Assert.True(result.Evaluation.ContainsKey("probe_accuracy"));
        Assert.True(result.Baselines[RunResult.RawInput].ContainsKey("probe_accuracy"));
        Assert.True(result.Baselines[RunResult.RandomInit]["feature_spread"] > 0);
    }

    [Fact]
    public async Task Partners_in_another_modality_are_looked_for()
    {
        var folder = Colours();

        var result = await Run(Load($"{Image}, {Text}, need: all", "{ probe: null, knn: null }", source: folder), _folder["run"]);

        var raw = result.Baselines[RunResult.RawInput];
        Assert.InRange(raw["image_to_text_r10_chance"], 0.1, 0.3);
        Assert.InRange(raw["image_to_text_r1_chance"], 0.01, 0.03);
        Assert.InRange(raw["image_to_text_r5_chance"], raw["image_to_text_r1_chance"], raw["image_to_text_r10_chance"]);
        Assert.InRange(raw["image_to_text_r10"], 0.8, 1);
        Assert.InRange(raw["text_to_image_r10"], 0.8, 1);
        Assert.True(result.Evaluation["image_to_text_r10"] > 2 * result.Evaluation["image_to_text_r10_chance"]);
    }

    [Fact]
    public async Task A_model_with_a_shared_space_is_asked_there()
    {
        const string Clip = """
            system: clip
            seed: 3
            duration: { steps: 60 }
            batch: 32
            data: { source: missing, image: { views: [{ size: 8 }] }, text: { max_length: 26 } }
            encoder: { kind: vit, patch: 4, width: 32, depth: 1, heads: 2, class_token: false }
            objective: { embed_dim: 16 }
            optimizer: { kind: adamw, rate: 3.0e-3 }
            precision: fp32
            evaluate: { probe: null, knn: null }
            """;
        var recipe = new RecipeLoader(SystemTable.BuiltIn).LoadText(Clip, "clip.yaml", [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), Colours())], TinyRun.NoEnvironment);

        var result = await Pretraining.RunAsync(new PretrainingOptions { Recipe = recipe, Folder = _folder["run"], Observer = new Watcher() }, default);

        foreach (var way in (string[])["image_to_text_cosine", "text_to_image_cosine"])
        {
            Assert.Equal("retrieval/pair-1", result.Protocols![$"{way}_r10"]);
            Assert.InRange(result.Baselines[RunResult.RandomInit][$"{way}_r10"], 0, 0.4);
            Assert.InRange(result.Evaluation[$"{way}_r10"], 0.5, 1);
            Assert.InRange(result.Evaluation[$"{way}_r10_validation"], 0.5, 1);
            Assert.False(result.Baselines[RunResult.RawInput].ContainsKey($"{way}_r10"));
        }
    }
}
