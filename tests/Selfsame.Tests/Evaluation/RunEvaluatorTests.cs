using Selfsame.Data;
using Selfsame.Evaluation;
using Selfsame.Modalities.Media;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Evaluation;

public sealed class RunEvaluatorTests
{
    [Fact]
    public async Task Kinds_that_any_line_separates_are_told_apart_without_a_fault()
    {
        using var folder = new TemporaryFolder();
        foreach (var (part, count) in new[] { ("train", 40), ("val", 10), ("test", 12) })
            TinyRun.Pictures(folder[$"pictures/{part}"], count);
        var recipe = TinyRun.Load(TinyRun.Mae, folder["pictures"], "evaluate={ knn: { k: 3 } }", "data.split=train", "duration.steps=2");

        var result = await TinyRun.RunAsync(recipe, folder["run"]);

        var raw = result.Baselines[RunResult.RawInput];
        Assert.Equal((1, 1, 1, 1), (raw["probe_accuracy"], raw["probe_balanced_accuracy"], raw["knn_accuracy"], raw["knn_balanced_accuracy"]));
        Assert.Equal(0.5, raw["majority_share"]);
        Assert.Equal(result.Evaluation.Keys, result.Baselines[RunResult.RandomInit].Keys);
        Assert.Equal(["probe_accuracy", "probe_balanced_accuracy", "knn_accuracy", "knn_balanced_accuracy", "majority_share", "feature_spread", "rankme", "uniformity", "lidar", "alignment"], result.Evaluation.Keys);
        Assert.All(result.Evaluation.Values, value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public async Task Data_without_a_test_part_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        TinyRun.Pictures(folder["pictures/train"], 10);
        var recipe = TinyRun.Load(TinyRun.Mae, folder["pictures"], "evaluate={}", "data.split=train");
        var refused = await Assert.ThrowsAsync<DataSourceException>(() => TinyRun.RunAsync(recipe, folder["run"]));
        Assert.Equal($"{folder["pictures"]} has no sample in its test part to evaluate on (10 in all); train with --no-evaluate, or sort the samples into folders named train, val and test", refused.Message);
    }

    [Fact]
    public void Tokens_are_pooled_over_the_grid()
    {
        using var scope = Scope.Enter();
        // One class token (100), then a grid of 4 x 4 with the numbers 0 to 15.
        var tokens = Tensor.From<float>([100, .. Enumerable.Range(0, 16).Select(k => (float)k)], [1, 17, 1]);
        var extractor = new Grid(1, 4, 4);
        Assert.Equal([100f], FeatureReader.Pool(tokens, extractor, Pooling.Auto).ToArray<float>());
        Assert.Equal([100f], FeatureReader.Pool(tokens, extractor, Pooling.ClassToken).ToArray<float>());
        Assert.Equal([7.5f], FeatureReader.Pool(tokens, extractor, Pooling.Mean).ToArray<float>());
        Assert.Equal([15f], FeatureReader.Pool(tokens, extractor, Pooling.Max).ToArray<float>());
        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], FeatureReader.Pool(tokens, extractor, Pooling.Quarters).ToArray<float>());
        Assert.Equal(Enumerable.Range(0, 16).Select(k => (float)k), FeatureReader.Pool(tokens, extractor, Pooling.Sixteenths).ToArray<float>());

        var plain = new Grid(0, 4, 4);
        Assert.Equal([7.5f], FeatureReader.Pool(tokens.Narrow(1, 1, 16), plain, Pooling.Auto).ToArray<float>());
        Assert.StartsWith("evaluate.features.pooling is class_token; the encoder has no class token. Use mean.",
            Assert.Throws<ArgumentException>(() => FeatureReader.Pool(tokens, plain, Pooling.ClassToken)).Message, StringComparison.Ordinal);
        Assert.StartsWith("evaluate.features.layers has 3; the encoder has 2 blocks",
            Assert.Throws<ArgumentException>(() => FeatureReader.Pooled(plain, [1, 3], Pooling.Mean)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_stand_side_by_side()
    {
        using var scope = Scope.Enter();
        var both = FeatureReader.Pooled(new Grid(0, 1, 2), [2, 1], Pooling.Mean)(new Batch(Ops.Zeros([1, 3, 4, 4])));
        Assert.Equal([2f, 1], both.ToArray<float>());
        Assert.Equal([2f], FeatureReader.Pooled(new Grid(0, 1, 2), [], Pooling.Mean)(new Batch(Ops.Zeros([1, 3, 4, 4]))).ToArray<float>());
    }

    [Fact]
    public void Samples_lie_in_rows_with_white_between_them()
    {
        using var scope = Scope.Enter();
        var pictures = Tensor.From<float>([0, 300, -5, 127.6f, 10, 20], [3, 1, 1, 2]);
        using var image = MediaDecoder.DecodeImage(SampleGrid.Png(pictures, columns: 2));
        Assert.Equal((4, 6, 3), (image.Height, image.Width, image.Channels));
        byte[][] rows = [[0, 255, 255, 255, 0, 128], [255, 255, 255, 255, 255, 255], [255, 255, 255, 255, 255, 255], [10, 20, 255, 255, 255, 255]];
        for (var y = 0; y < 4; y++)
        {
            for (var x = 0; x < 6; x++)
                Assert.Equal([rows[y][x], rows[y][x], rows[y][x]], image.Row(y).Slice(x * 3, 3).ToArray());
        }
    }

    /// <summary>Layer k puts out k everywhere.</summary>
    private sealed class Grid(int prefix, int rows, int columns) : IFeatureExtractor
    {
        public int Layers => 2;

        public int Prefix => prefix;

        (int Rows, int Columns) IFeatureExtractor.Grid => (rows, columns);

        public IReadOnlyList<Tensor> Extract(Batch batch, int? last = null) =>
            [.. Enumerable.Range(1, last ?? Layers).Select(k => Ops.Full([1, prefix + (rows * columns), 1], k, DType.Float32, Device.Cpu))];
    }
}
