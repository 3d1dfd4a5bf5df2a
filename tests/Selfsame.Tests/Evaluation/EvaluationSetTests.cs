using Selfsame.Data;
using Selfsame.Evaluation;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Evaluation;

public sealed class EvaluationSetTests
{
    private const string Cheap = "probe: null, augmented: { samples: 8, views: 2 }";

    [Fact]
    public async Task Unlabelled_pictures_train_and_labelled_sets_judge()
    {
        using var folder = new TemporaryFolder();
        // All in one folder, so nothing tells them apart; and none in a test part.
        TinyRun.Pictures(folder["made"], 24);
        Directory.CreateDirectory(folder["plain/train/all"]);
        foreach (var file in Directory.EnumerateFiles(folder["made"], "*.png", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(folder["plain/train/all"], Path.GetFileName(file)));
        foreach (var (part, count) in new[] { ("train", 24), ("val", 8), ("test", 10) })
        {
            TinyRun.Pictures(folder[$"one/{part}"], count);
            TinyRun.Pictures(folder[$"two/{part}"], count, side: 24);
        }

        var recipe = TinyRun.Load(
            TinyRun.Mae, folder["plain"], "data.split=train", "duration.steps=2",
            $"evaluate={{ knn: {{ k: 3, protocol: knn/dinov2-1 }}, {Cheap}, sets: [{{ name: one, source: {folder["one"]}, label: folder }}, {{ name: two, source: {folder["two"]} }}] }}");
        var result = await TinyRun.RunAsync(recipe, folder["run"]);

        Assert.Equal(
            ["one/knn_accuracy", "one/knn_balanced_accuracy", "one/majority_share", "two/knn_accuracy", "two/knn_balanced_accuracy", "two/majority_share",
            "feature_spread", "rankme", "uniformity", "lidar", "alignment"],
            result.Evaluation.Keys);
        Assert.Equal("knn/dinov2-1 (k=3)", result.Protocols!["one/knn_accuracy"]);
        Assert.Equal("lidar/views-1 (samples=8, views=2)", result.Protocols["lidar"]);
        Assert.Equal(result.Evaluation.Keys, result.Protocols.Keys);
        Assert.All(result.Protocols.Values, id => Assert.NotNull(Protocols.Find(id)));
        Assert.Equal(1, result.Baselines[RunResult.RawInput]["two/knn_accuracy"]);
        Assert.Equal(0.5, result.Evaluation["one/majority_share"]);

        using var opened = await TrainedRun.OpenAsync(folder["run"], [], new DataOptions(), default);
        var again = opened.Evaluator().Evaluate(opened.Objective, samples: false, default);
        Assert.Equal(result.Evaluation, again.ToDictionary(metric => metric.Name, metric => metric.Value));
    }

    [Fact]
    public async Task A_set_that_cannot_judge_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        foreach (var part in new[] { "train", "val", "test" })
            TinyRun.Pictures(folder[$"pictures/{part}"], 4);
        TinyRun.Pictures(folder["other/train"], 4);
        var recipe = TinyRun.Load(TinyRun.Mae, folder["pictures"], $"evaluate={{ sets: [{{ name: other, source: {folder["other"]} }}] }}");
        var refused = await Assert.ThrowsAsync<DataSourceException>(() => TinyRun.RunAsync(recipe, folder["run"]));
        Assert.Equal($"evaluate.sets.other: {folder["other"]} has 4 training, 0 validation and 0 test samples; it needs some of each, for instance in folders named train, val and test", refused.Message);
    }

    [Fact]
    public async Task The_ridge_probe_is_chosen_by_its_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var (part, count) in new[] { ("train", 24), ("val", 8), ("test", 10) })
            TinyRun.Pictures(folder[$"pictures/{part}"], count);
        var recipe = TinyRun.Load(TinyRun.Mae, folder["pictures"], "data.split=train", "duration.steps=1", "evaluate={ knn: null, augmented: null, probe: { protocol: probe/ridge-1 } }");
        var result = await TinyRun.RunAsync(recipe, folder["run"]);
        Assert.Equal("probe/ridge-1", result.Protocols!["probe_accuracy"]);
        Assert.Equal(1, result.Baselines[RunResult.RawInput]["probe_accuracy"]);
        Assert.Equal(0.5, result.Evaluation["majority_share"]);
    }

    [Fact]
    public async Task Samples_are_compared_by_a_network_that_is_trained_once()
    {
        using var folder = new TemporaryFolder();
        foreach (var (part, count) in new[] { ("train", 40), ("val", 10), ("test", 12) })
            TinyRun.Pictures(folder[$"pictures/{part}"], count);
        string[] sets = ["data.split=train", "duration.steps=1", $"data.cache={folder["cache"]}", "evaluate={ knn: null, probe: null, augmented: null, samples: { count: 12, steps: 2, frechet: true } }"];
        var result = await TinyRun.RunAsync(TinyRun.Load(TinyRun.SelfFlow, folder["pictures"], sets), folder["run"]);

        Assert.Equal(1, result.Evaluation["frechet_network_accuracy"]);   // stripes and blocks are easy to tell apart
        Assert.True(result.Evaluation["frechet"] > 0);
        Assert.Equal("frechet/small-convnet-1 (n=12)", result.Protocols!["frechet"]);
        Assert.Equal("kid/small-convnet-1 (n=12)", result.Protocols["kid"]);
        var files = Directory.GetFiles(folder["cache/judges"]);
        Assert.Equal([".json", ".safetensors"], files.Select(Path.GetExtension).Order());
        var written = files.Select(File.GetLastWriteTimeUtc).ToArray();

        using var run = await TrainedRun.OpenAsync(folder["run"], [], new DataOptions(), default);
        using var scope = Scope.Enter();
        var (transform, shape) = run.Data.PlainInputs.Pictures!.Value;
        using var network = SampleFeatures.Open(run.Data.Set, "folder", transform, shape, run.Data.Range, folder["cache"]);
        Assert.Equal(written, files.Select(File.GetLastWriteTimeUtc));
        // The kept network tells noise from the data: what looks like test pictures is nearer to them.
        var reader = new FeatureReader(run.Data.Set, transform, shape);
        Tensor Pixels(DataSplit split) => (((reader.Read(run.Data.Set.Split(split), batch => batch["image"].Flatten(1)).Values * run.Data.Range.Deviation) + run.Data.Range.Mean) * 255.0).View([-1, 3, 16, 16]);
        var test = network.Of(Pixels(DataSplit.Test));
        var (near, far) = (FrechetDistance.Between(test, network.Of(Pixels(DataSplit.Train))).Distance, FrechetDistance.Between(test, network.Of(Samples.Noise(12 * 48, 16, 1).Reshape([12, 3, 16, 16]) * 60.0)).Distance);
        Assert.True(near < far / 3, $"{near}, {far}");
    }
}
