using Selfsame.Evaluation.Gallery;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Objectives.Reconstruction;
using Selfsame.Tests.Engine;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Evaluation.Gallery;

[Collection(nameof(TensorCount))]
public class GalleryTests
{
    private static VisionTransformerSettings Encoder(bool token = true) => new()
    {
        ImageSize = (16, 16), Patch = 4, ClassToken = token,
        Blocks = new TransformerSettings { Width = 16, Depth = 2, Heads = 2 },
    };

    [Fact]
    public void Recorded_attention_is_what_the_fused_kernel_uses()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var settings = new TransformerSettings { Width = 16, Depth = 1, Heads = 2 };
        using var attention = new Attention(settings);
        attention.Initialize(7);
        using var generator = new Generator(1);
        var x = Ops.Empty([2, 5, 16]).NormalInPlace(generator: generator);
        var record = new AttentionRecord(1);
        var plain = attention.Forward(x, BlockContext.None);
        var recorded = attention.Forward(x, BlockContext.None, record);
        Assert.Equal(plain.ToArray<float>(), recorded.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([2, 2, 5, 5], record.Weights!.Shape);
        Assert.All(record.Weights!.Sum(3, keepDim: false).ToArray<float>(), sum => Assert.Equal(1f, sum, 1e-5f));
        Assert.Contains(record.Weights!.ToArray<float>(), weight => Math.Abs(weight - 0.2f) > 1e-3);  // not merely uniform
    }

    [Fact]
    public void Attention_comes_from_the_block_asked_for()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var encoder = new VisionTransformer(Encoder());
        encoder.Initialize(3);
        using var generator = new Generator(2);
        var batch = new Batch(Ops.Empty([2, 3, 16, 16]).NormalInPlace(generator: generator));
        var features = new VisionTransformerFeatures(encoder);
        var (first, second) = (features.Attention(batch, 1), features.Attention(batch, 2));
        Assert.Equal([2, 2, 17, 17], first.Shape);
        Assert.NotEqual(first.ToArray<float>(), second.ToArray<float>());
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => features.Attention(batch, 3));
        Assert.StartsWith("the encoder has 2 blocks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_given_is_read_from_the_class_token_or_the_mean()
    {
        using var scope = Scope.Enter();
        var weights = Tensor.From<float>([0.5f, 0.3f, 0.2f, 0.1f, 0.6f, 0.3f, 0.2f, 0.2f, 0.6f], [1, 1, 3, 3]);
        Assert.Equal([0.3f, 0.2f], AttentionMaps.Given(weights, 1).ToArray<float>());
        var mean = AttentionMaps.Given(weights, 0).ToArray<float>();
        Assert.Equal(0.8f / 3, mean[0], 1e-6f);
        Assert.Equal(1.1f / 3, mean[1], 1e-6f);
    }

    [Fact]
    public void A_thing_in_the_middle_is_the_foreground()
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(4);
        // 4 x 4 tokens of 6 numbers: the four in the middle differ from the rest in the first number.
        var tokens = Ops.Empty([2, 16, 6]).NormalInPlace(0, 0.05, generator: generator);
        foreach (var place in (int[])[5, 6, 9, 10])
            tokens.Narrow(1, place, 1).Narrow(2, 0, 1).AddInPlace((Scalar)3.0);
        var (whole, foreground) = TokenPca.Colours(tokens, (4, 4));
        Assert.Equal([2, 3, 4, 4], whole.Shape);
        var red = foreground.Select(1, 0).ToArray<float>();
        var blue = foreground.Select(1, 2).ToArray<float>();
        for (var k = 0; k < 32; k++)
        {
            var middle = k % 16 is 5 or 6 or 9 or 10;
            Assert.Equal(!middle, red[k] == 235 && blue[k] == 235);
        }
    }

    [Fact]
    public void Tokens_that_are_alike_have_no_components()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<FigureException>(() => TokenPca.Colours(Ops.Ones([2, 4, 3]), (2, 2)));
        Assert.Equal("the tokens of all pictures are alike", error.Message);
    }

    [Fact]
    public void A_perfect_prediction_is_put_back_into_pixels()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        foreach (var normalised in (bool[])[true, false])
        {
            using var mae = new MaskedAutoencoder(new() { NormalizeTarget = normalised, Decoder = new() { Width = 16, Depth = 1, Heads = 2 } }, Encoder());
            mae.Initialize(1);
            mae.Train(false);
            using var generator = new Generator(9);
            var image = Ops.Empty([3, 3, 16, 16]).NormalInPlace(generator: generator);
            var batch = new Batch(image);
            var one = Assert.Single(mae.Reconstruct(batch, new SeededStep(5, 0)));
            Assert.Equal(Modality.Image, one.Modality);
            Assert.Equal(0.75 * 3 * 256, one.Hidden.Sum().Item());

            // What the loss measures must be the distance of the rebuilt pixels, in the units of the target.
            var result = mae.Compute(batch, new SeededStep(5, 0));
            var (made, given) = (Patches.Split(one.Rebuilt, 4), Patches.Split(image, 4));
            var scale = normalised ? (given.Variance(-1, correction: 1, keepDim: true) + 1e-6).Sqrt() : given.OnesLike();
            var hidden = result["mask"].To(DType.Float32);
            var error = ((made - given) / scale).Square().Mean(-1, keepDim: false);
            Assert.Equal(result.Loss.Item(), ((error * hidden).Sum() / hidden.Sum()).Item(), 1e-4);
        }
    }

    [Fact]
    public void Errors_count_hidden_pixels_alone()
    {
        using var scope = Scope.Enter();
        var input = Ops.Zeros([1, 3, 2, 2]);
        var rebuilt = Ops.Full([1, 3, 2, 2], 51.0, DType.Float32);
        var hidden = Tensor.From<float>([1f, 0f, 0f, 1f], [1, 1, 2, 2]);
        Assert.Equal(0.04f, Assert.Single(ReconstructionGallery.HiddenError(rebuilt, input, hidden)), 1e-6f);
    }

    [Fact]
    public void Rows_equal_to_their_own_are_recognised()
    {
        using var scope = Scope.Enter();
        var rows = Ops.Eye(4);
        Assert.Equal((1, 1), NoiseCurve.Compare(rows, rows));
        var (similarity, recognised) = NoiseCurve.Compare(rows, rows.Roll([1], [0]));
        Assert.Equal((0, 0), (similarity, recognised));
    }

    [Fact]
    public void Heat_runs_from_dark_violet_to_yellow()
    {
        using var scope = Scope.Enter();
        var colours = HeatColours.Of(Tensor.From<float>([2f, 3f, 4f], [1, 1, 1, 3])).ToArray<float>();
        Assert.Equal([68f, 38f, 253f, 1f, 130f, 231f, 84f, 142f, 37f], colours);
    }

    [Fact]
    public void Neighbours_leave_out_the_query_itself()
    {
        using var scope = Scope.Enter();
        var features = Tensor.From<float>([1f, 0f, 1f, 0f, 0.9f, 0.1f, 0f, 1f, 0.1f, 0.9f], [5, 2]);
        var map = new MapFigure
        {
            Sheet = new("map.png", 3, 2, 1, 1), Keys = ["a", "b", "c", "d", "e"], Total = 5, Layouts = [],
            Columns = [new("kind", ["x", "y"], [0, 0, 0, 1, 1])],
        };
        var found = NeighbourGallery.Draw(map, features);
        Assert.Equal(5, found.Searched);
        Assert.Equal("kind", found.Column);
        var row = found.Rows.Single(r => r.Query == 1);   // the twin of 0
        Assert.Equal([0, 2, 4, 3], row.Near);
        Assert.Equal(1f, row.Similarity[0]);
        Assert.All(found.Rows, r => Assert.DoesNotContain(r.Query, r.Near));
    }

    [Theory]
    [InlineData(TinyRun.SelfFlow)]
    [InlineData(TinyRun.Mae)]
    public async Task Figures_of_a_run_are_drawn_twice_alike(string yaml)
    {
        using var pictures = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        TinyRun.Pictures(pictures.Path, 80);
        await TinyRun.RunAsync(TinyRun.Load(yaml, pictures.Path, "duration.steps=2"), folder.Path);
        using var run = await TrainedRun.OpenAsync(folder.Path, [], new Selfsame.Data.DataOptions(), default);
        var live = TensorCount.Settled();
        var figures = RunFigures.Draw(run.Folder, FigureSource.Of(run.Data, run.Recipe), run.Objective, run.State.Step, default);
        Assert.Equal(live, TensorCount.Settled());
        Assert.Empty(figures.Notes);
        Assert.Equal(2, figures.Step);
        Assert.Equal(figures.Map!.Keys.Count, figures.Map.Layouts[0].X.Count);
        Assert.Equal(["t-SNE", "PCA"], figures.Map.Layouts.Select(layout => layout.Name));
        Assert.Equal(["blocks", "stripes"], figures.Map.Columns.Single(column => column.Name == "folder").Names.Order());
        var isFlow = yaml == TinyRun.SelfFlow;
        Assert.Equal(isFlow ? ["tokens", "attention"] : ["reconstruction-image", "tokens", "attention"], figures.Tables.Select(table => table.Name));
        if (isFlow)
        {
            Assert.Equal([0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95], figures.Noise!.Levels.Select(level => Math.Round(level, 3)));
            Assert.Equal((1.0, 1.0), (Math.Round(figures.Noise.Similarity[0], 5), figures.Noise.Recognised[0]));
        }

        var before = Directory.EnumerateFiles(run.Folder.FiguresPath).Order().ToDictionary(file => file, File.ReadAllBytes);
        Assert.Contains(Path.Combine(run.Folder.FiguresPath, "figures.json"), before.Keys);
        RunFigures.Draw(run.Folder, FigureSource.Of(run.Data, run.Recipe), run.Objective, run.State.Step, default);
        foreach (var (file, bytes) in before)
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(file)), file);
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_noted()
    {
        using var pictures = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        TinyRun.Pictures(pictures.Path, 80);
        await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures.Path, "duration.steps=1"), folder.Path);
        using var run = await TrainedRun.OpenAsync(folder.Path, [], new Selfsame.Data.DataOptions(), default);
        using (GradMode.Off())
        {
            foreach (var parameter in run.Objective.Parameters())
                parameter.Value.FillInPlace(double.NaN);
        }

        var figures = RunFigures.Draw(run.Folder, FigureSource.Of(run.Data, run.Recipe), run.Objective, 1, default);
        Assert.Null(figures.Map);
        Assert.Contains("The map of embeddings: left out, since features hold NaN or infinity.", figures.Notes);
        Assert.Contains("Components of tokens: left out, since tokens hold NaN or infinity.", figures.Notes);
        Assert.Contains("Attention maps: left out, since attention holds NaN or infinity.", figures.Notes);
    }
}
