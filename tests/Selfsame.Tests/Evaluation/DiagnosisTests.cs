using Selfsame.Evaluation;
using Selfsame.Evaluation.Report;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Tests.Parity;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;
using Selfsame.Training.Progress;

namespace Selfsame.Tests.Evaluation;

/// <summary>Runs that go wrong on purpose, and what the program says of them.</summary>
public sealed class DiagnosisTests
{
    private static readonly string Root = Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!;

    private static readonly SystemTable Table = new([.. SystemTable.BuiltIn.Entries, new("no-predictor", "Two views without a predictor", "latents", ["image"], "a test", "none", typeof(NoPredictorSettings)),
        new("slow-contrast", "InfoNCE", "contrast", ["image"], "a test", "none", typeof(SlowContrastSettings))]);

    private const string NoPredictor = """
        system: no-predictor
        seed: 5
        duration: { steps: 60 }
        batch: 16
        data: { source: missing, views: [{ size: 16, crop: { scale: [0.5, 1.0] } }, { size: 16, crop: { scale: [0.5, 1.0] } }] }
        encoder: { kind: vit, patch: 8, width: 32, depth: 1, heads: 2 }
        optimizer: { kind: adamw, rate: 1.0e-2 }
        ema: { momentum: 0 }
        precision: fp32
        log: { every: { steps: 5 } }
        evaluate: { knn: { k: 3 }, probe: null, augmented: { samples: 8, views: 2 } }
        """;

    [Fact]
    public async Task Views_without_a_predictor_collapse_and_the_run_says_so()
    {
        using var folder = Pictures();
        var watcher = new Watcher();
        var result = await TinyRun.RunAsync(Load(NoPredictor, folder), folder["run"], watcher);

        Assert.True(result.FinalLoss < 0.001, "the loss looks perfect");
        var diagnosis = result.Diagnosis!;
        Assert.Equal(Health.Collapsed, diagnosis.Kind);
        Assert.StartsWith("All samples get nearly the same features: the spread of L2-normalised features is ", diagnosis.Why, StringComparison.Ordinal);
        Assert.StartsWith("A low loss means nothing here. If the method compares views, check what keeps it from a constant answer: predictor,", diagnosis.Try, StringComparison.Ordinal);

        // Said once while training, at the end, in the file and in the report.
        Assert.StartsWith("Collapsed: All samples get nearly the same features:", Assert.Single(watcher.Warnings), StringComparison.Ordinal);
        var said = watcher.Events.FindIndex(e => e is TrainingEvent.Warning);
        Assert.True(said < watcher.Events.FindIndex(e => e is TrainingEvent.StepDone { Step: 40 }), "said late");
        Assert.Equal(VerdictKind.Collapsed, RunVerdict.Of(result).Kind);
        Assert.Equal(diagnosis, new RunFolder(folder["run"]).ReadResult()!.Diagnosis);
        Assert.Contains("<strong>Collapsed</strong>", File.ReadAllText(new RunFolder(folder["run"]).ReportPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quickstart_with_a_hundred_times_its_rate_diverges_and_is_told_what_to_do()
    {
        using var folder = Pictures();
        var recipe = Load(
            File.ReadAllText(Path.Combine(Root, "recipes", "quickstart.yaml")), folder,
            "optimizer.rate=0.1", "duration.steps=24", "batch=8", "log.every.steps=4", "evaluate={ knn: { k: 3 }, probe: null, augmented: null, samples: null }");
        var watcher = new Watcher();
        var result = await TinyRun.RunAsync(recipe, folder["run"], watcher);

        Assert.Equal(Health.Diverged, result.Diagnosis!.Kind);
        Assert.StartsWith("The loss rose from ", result.Diagnosis.Why, StringComparison.Ordinal);
        Assert.Equal("Lower the learning rate (it goes up to 0.1000), first by a factor of 10, lengthen the warm-up, or clip gradients (clip_norm: 1.0).", result.Diagnosis.Try);
        Assert.Contains(watcher.Warnings, warning => warning.StartsWith("Diverged: The loss rose from ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_as_it_should_be_is_healthy()
    {
        using var folder = Pictures();
        var watcher = new Watcher();
        var result = await TinyRun.RunAsync(Load(TinyRun.Mae, folder, "duration.steps=60", "evaluate={ knn: { k: 3 }, probe: null, augmented: null }"), folder["run"], watcher);
        Assert.Equal(Health.Healthy, result.Diagnosis!.Kind);
        Assert.StartsWith("The loss went from ", result.Diagnosis.Why, StringComparison.Ordinal);
        Assert.Empty(watcher.Warnings);
    }

    [Fact]
    public async Task A_contrast_that_never_moves_is_still_at_chance()
    {
        using var folder = Pictures();
        var watcher = new Watcher();
        var recipe = NoPredictor.Replace("no-predictor", "slow-contrast", StringComparison.Ordinal).Replace("ema: { momentum: 0 }", "", StringComparison.Ordinal);
        var result = await TinyRun.RunAsync(Load(recipe, folder, "optimizer.rate=1e-7", "evaluate=null"), folder["run"], watcher);
        Assert.Equal(Math.Log(16), result.ChanceLoss);
        Assert.Equal(Health.AtChance, result.Diagnosis!.Kind);
        Assert.EndsWith(", and guessing has 2.7726.", result.Diagnosis.Why, StringComparison.Ordinal);
        Assert.StartsWith("Still at chance: ", Assert.Single(watcher.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_goes_on_remembers_where_it_started()
    {
        using var folder = Pictures();
        string[] sets = ["evaluate={ knn: { k: 3 }, probe: null, augmented: null }", "duration.steps=30"];
        await TinyRun.RunAsync(Load(TinyRun.Mae, folder, [.. sets, "duration.steps=20"]), folder["run"]);
        var result = await TinyRun.RunAsync(Load(TinyRun.Mae, folder, sets), folder["run"]);
        Assert.Equal(30, result.Steps);
        var first = MetricsLog.Read(new RunFolder(folder["run"]).MetricsPath).First().Metrics.First(metric => metric.Name == "loss").Value;
        Assert.StartsWith($"The loss went from {HumanText.Value(first)} to ", result.Diagnosis!.Why, StringComparison.Ordinal);
    }

    private static TemporaryFolder Pictures()
    {
        var folder = new TemporaryFolder();
        foreach (var (part, count) in new[] { ("train", 32), ("val", 8), ("test", 24) })
            TinyRun.Pictures(folder[$"pictures/{part}"], count);
        return folder;
    }

    private static LoadedRecipe Load(string yaml, TemporaryFolder folder, params string[] sets) => new RecipeLoader(Table)
        .LoadText(yaml, "test.yaml", [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), folder["pictures"]), Override.Set("data.split=train"), .. sets.Select(Override.Set)], TinyRun.NoEnvironment);
}

/// <summary>Nothing to set.</summary>
internal sealed record NoPredictorSettings : ObjectiveSettings
{
    public override double TeacherMomentum => 0;

    public override Objective Build(ModelContext model) => new NoPredictor(model.VisionTransformer());
}

/// <summary>Two views must get the same features, and nothing keeps them from being the same for all: collapses.</summary>
internal sealed class NoPredictor : Objective
{
    private readonly VisionTransformer _student, _teacher;

    internal NoPredictor(VisionTransformerSettings encoder)
    {
        _student = Child("encoder", new VisionTransformer(encoder));
        _teacher = Child("teacher", new VisionTransformer(encoder));
    }

    public override IReadOnlyList<(Module Student, Module Teacher)> Teachers => [(_student, _teacher)];

    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        var student = _student.Pool(_student.Encode(batch["image"]));
        Tensor teacher;
        using (GradMode.Off())
            teacher = _teacher.Pool(_teacher.Encode(batch["image.1"]));
        return new(2.0 - (Ops.CosineSimilarity(student, teacher, 1).Mean() * 2.0));
    }

    public override IFeatureExtractor Features(bool averaged) => new VisionTransformerFeatures(averaged ? _teacher : _student);
}

/// <summary>Nothing to set.</summary>
internal sealed record SlowContrastSettings : ObjectiveSettings
{
    public override Objective Build(ModelContext model) => new SlowContrast(model.VisionTransformer());
}

/// <summary>Which of the batch's second views belongs to a first one? At a temperature that makes all of them alike.</summary>
internal sealed class SlowContrast : Objective, IChanceLevel
{
    private readonly VisionTransformer _encoder;

    internal SlowContrast(VisionTransformerSettings encoder) => _encoder = Child("encoder", new VisionTransformer(encoder));

    public double? ChanceLoss(int samples) => Metrics.ChanceLoss(samples);

    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        var (one, other) = (Normal(batch["image"]), Normal(batch["image.1"]));
        return new((one.Matmul(other.T()) / 10.0).CrossEntropy(Ops.Arange(one.Size(0), dtype: DType.Int64)));
    }

    public override IFeatureExtractor Features(bool averaged) => new VisionTransformerFeatures(_encoder);

    private Tensor Normal(Tensor image)
    {
        var features = _encoder.Pool(_encoder.Encode(image));
        return features / features.VectorNorm(2, [1], keepdim: true);
    }
}
