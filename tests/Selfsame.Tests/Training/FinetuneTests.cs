using Selfsame.Cli.Verbs;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Objectives;
using Selfsame.Objectives.Supervised;
using Selfsame.Recipes;
using Selfsame.Tests.Cli;
using Selfsame.Tests.Export;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

public sealed class FinetuneTests(EmbeddedRun trained) : IClassFixture<EmbeddedRun>, IDisposable
{
    private const string Recipe = """
        system: finetune
        seed: 4
        duration: { steps: 40 }
        batch: 8
        data: { source: missing, workers: 2, views: [{ size: 16, crop: { scale: [0.9, 1.0] } }] }
        encoder: { kind: vit, patch: 4, width: 16, depth: 2, heads: 2 }
        objective: { label: folder }
        optimizer: { kind: adamw, rate: 1.0e-2 }
        precision: fp32
        checkpoint: { every: { steps: 10 } }
        log: { every: { steps: 10 } }
        evaluate: { knn: null, retrieval: null, samples: null }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Weights => Path.Combine(new RunFolder(trained.Run).Checkpoint(3), "model.safetensors");

    [Fact]
    public async Task A_run_is_fine_tuned_from_its_weights_and_says_so()
    {
        File.WriteAllText(_folder["small.yaml"], Recipe);
        var run = await CliRun.OfAsync(
            [FinetuneVerb.Create], ["finetune", trained.Run, "--recipe", _folder["small.yaml"], "--label", "folder", "--out", _folder["tuned"], "--set", "encoder.drop_path=0", "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);

        var result = new RunFolder(_folder["tuned"]).ReadResult()!;
        Assert.Equal(["accuracy", "balanced_accuracy", "validation_accuracy"], result.Evaluation.Keys.Take(3));
        Assert.Equal(1, result.Evaluation["accuracy"]);
        Assert.Equal(0.5, result.Evaluation["majority_share"]);
        Assert.Equal(["random_init", "raw_input", "start_weights"], result.Baselines.Keys.Order());
        var origin = result.StartedFrom!;
        using var file = SafetensorsFile.Open(Weights);
        Assert.Equal(file.Entries.Count(entry => entry.Name.StartsWith("encoder.", StringComparison.Ordinal)), origin.Loaded);
        Assert.Equal(["head.weight", "head.bias"], origin.Random);
        Assert.Equal((trained.Run, "selfsame"), (origin.Path, origin.Format));

        var again = await CliRun.OfAsync([FinetuneVerb.Create], ["finetune", trained.Run, "--recipe", _folder["small.yaml"], "--label", "folder", "--out", _folder["scratch"], "--random-init", "--steps", "2", "--json"]);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Null(new RunFolder(_folder["scratch"]).ReadResult()!.StartedFrom);
    }

    [Fact]
    public void The_encoder_begins_with_exactly_the_weights_of_the_run()
    {
        using var scope = Scope.Enter();
        var recipe = TinyRun.Load(Recipe, trained.Pictures).Recipe;
        using var model = new TrainingModel(recipe, new(recipe.Encoder, (16, 16), 3, 2), Device.Cpu, low: false);
        WeightStart.Apply(model, new FromSettings { Path = trained.Run });
        using var file = SafetensorsFile.Open(Weights);
        foreach (var parameter in model.Objective.Parameters().Where(p => p.FullName.StartsWith("encoder.", StringComparison.Ordinal)))
            Assert.Equal(file.ReadFloats(parameter.FullName), parameter.Value.ToArray<float>());

        var wide = TinyRun.Load(Recipe, trained.Pictures, "encoder={ kind: vit, patch: 4, width: 24, depth: 2, heads: 2 }").Recipe;
        using var other = new TrainingModel(wide, new(wide.Encoder, (16, 16), 3, 2), Device.Cpu, low: false);
        var refused = Assert.Throws<WeightsException>(() => WeightStart.Apply(other, new FromSettings { Path = trained.Run }));
        Assert.StartsWith("Checkpoint model.safetensors (selfsame names) does not fit encoder of this recipe: + only in the file, - only in the model, ~ shapes\n  ~ cls_token (1, 1, 16) -> (1, 1, 24)\n", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("\nSkip names with from.skip; fit positions to the new size with from.resample: true.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_stops_when_validation_no_longer_rises_and_the_best_weights_are_judged()
    {
        // A rate that changes nothing: the first evaluation is the best one.
        var recipe = TinyRun.Load(
            Recipe, trained.Pictures, "optimizer.rate=1e-20", "evaluate.every={ steps: 5 }", "checkpoint={ every: { steps: 5 }, keep: 1, best: validation_accuracy, patience: { steps: 10 } }");
        var result = await TinyRun.RunAsync(recipe, _folder["run"]);
        Assert.Equal((15, 5), (result.Steps, result.BestStep));
        Assert.Equal([5, 15], new RunFolder(_folder["run"]).CheckpointSteps());
    }

    [Fact]
    public void A_head_of_zeros_pays_for_guessing_and_unlabelled_pictures_are_not_counted()
    {
        using var scope = Scope.Enter();
        var encoder = new VisionTransformerSettings { ImageSize = (8, 8), Patch = 4, Blocks = new TransformerSettings { Width = 8, Depth = 3, Heads = 2 } };
        using var objective = new Finetuning(new FinetuningSettings { Smoothing = 0.2 }, new VisionTransformer(encoder), classes: 5);
        objective.Initialize(1);
        using (GradMode.Off())
        {
            foreach (var parameter in objective.Parameters().Where(p => p.FullName.StartsWith("head.", StringComparison.Ordinal)))
                parameter.Value.ZeroInPlace();
        }

        var batch = new Batch(Ops.Zeros([3, 3, 8, 8]), Tensor.From<long>([4, -1, 0]));
        Assert.Equal(Math.Log(5), objective.Compute(batch, new SeededStep(0, 0)).Loss.Item(), 5);
        // Block 2 of 3 is two layers below the head's: 0.75 squared; the patches are four below.
        Assert.Equal(
            (1, 1, 0.75, 0.421875, 0.31640625, 0.31640625),
            (objective.RateScale("head.weight"), objective.RateScale("encoder.norm.weight"), objective.RateScale("encoder.blocks.2.mlp.fc1.weight"), objective.RateScale("encoder.blocks.0.attn.qkv.bias"),
             objective.RateScale("encoder.patch_embed.proj.weight"), objective.RateScale("encoder.cls_token")));
    }

    [Theory]
    [InlineData("checkpoint={ patience: { steps: 3 } }", "checkpoint.patience needs a metric to watch; set best, such as best: knn_accuracy")]
    [InlineData("checkpoint={ best: knn_accuracy, patience: { time: 3m } }", "checkpoint.patience is a time; give steps, samples or epochs, so that a repeated run stops at the same place")]
    public void Patience_is_checked(string set, string expected) =>
        Assert.Contains(expected, Assert.Throws<RecipeException>(() => TinyRun.Load(Recipe, trained.Pictures, set)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_run_is_told() => Assert.Equal(
        new CliRun(2, "", "error: nowhere does not exist; give a run folder, or weights after --from.\n"), await CliRun.OfAsync([FinetuneVerb.Create], ["finetune", "nowhere", "--label", "folder"]));

    [Fact]
    public async Task Pre_training_can_start_from_public_weights()
    {
        using (Scope.Enter())
        {
            using var file = SafetensorsWeights.Open(Weights);
            var own = file.Entries.Where(entry => entry.Name.StartsWith("encoder.", StringComparison.Ordinal)).Select(entry => (entry.Name["encoder.".Length..], file.Read(entry.Name))).ToList();
            TensorFile.Save(_folder["vit.safetensors"], own);
        }

        var result = await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, trained.Pictures, $"from={{ path: {_folder["vit.safetensors"]} }}", "duration.steps=1"), _folder["run"]);

        Assert.Equal("timm", result.StartedFrom!.Format);
        Assert.All(result.StartedFrom.Random, name => Assert.StartsWith("decoder.", name, StringComparison.Ordinal));
        Assert.NotEmpty(result.StartedFrom.Random);
    }
}
