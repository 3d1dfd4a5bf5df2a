using System.Text;
using Selfsame.Data;
using Selfsame.Models;
using Selfsame.Modalities.Text;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Planning;
using Selfsame.Training.Progress;

namespace Selfsame.Tests.Training;

/// <summary>Whole runs on packed texts, and recipes that ask for what can't be packed.</summary>
public sealed class PackedRunTests : IDisposable
{
    private const string Data = "text: { max_length: 24, packing: across }";

    private const string Recipe = $$"""
        system: data2vec
        seed: 5
        duration: { steps: 3 }
        batch: 6
        micro_batch: 3
        data: { source: missing, split: all, workers: 2, max_bad: 0.5, {{Data}} }
        encoder: { kind: text, width: 16, depth: 2, heads: 2 }
        objective: { mask: { kind: random, ratio: 0.3 }, top_layers: 2 }
        optimizer: { kind: adamw, rate: 1.0e-3 }
        precision: fp32
        checkpoint: { every: { steps: 2 } }
        log: { every: { steps: 1 } }
        evaluate: null
        """;

    private readonly TemporaryFolder _folder = new();

    public PackedRunTests()
    {
        for (var n = 0; n < 20; n++)
            _folder.Add($"data/{n:D2}.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a fox and a dog. ", 1 + (n % 4)))));
        _folder.Add("data/07 broken.txt", [0x61, 0xff]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_was_stopped_ends_with_the_same_bits_and_loss()
    {
        var recipe = Load(Recipe);
        var whole = await TinyRun.RunAsync(recipe, _folder["whole"]);
        using var stop = new CancellationTokenSource();
        var stopper = new Watcher(e =>
        {
            if (e is TrainingEvent.CheckpointSaved { Step: 2 })
                stop.Cancel();
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => TinyRun.RunAsync(recipe, _folder["run"], stopper, stop.Token));
        var resumed = await TinyRun.RunAsync(recipe, _folder["run"]);

        TinyRun.AssertSameTensors(_folder["whole"], _folder["run"]);
        Assert.True(double.IsFinite(whole.FinalLoss) && whole.FinalLoss > 0);
        Assert.Equal(whole.FinalLoss, resumed.FinalLoss);
        var line = Assert.Single(File.ReadAllLines(new RunFolder(_folder["run"]).QuarantinePath));
        Assert.Contains("07 broken.txt", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_epoch_is_the_rows_that_the_texts_fill()
    {
        var tokens = Enumerable.Range(0, 20).Sum(n => (17 * (1 + (n % 4))) + 2);
        var rows = (tokens + 23) / 24;
        var plan = await RunPlanner.PlanAsync(
            new PretrainingOptions { Recipe = Load(Recipe.Replace("{ steps: 3 }", "{ epochs: 2 }", StringComparison.Ordinal)), Folder = _folder["run"], Observer = new Watcher() }, default);
        Assert.Equal((21, (int?)rows), (plan.Data.Train, plan.Data.Rows));
        Assert.Equal((rows * 2 + 5) / 6, plan.Length.Steps);
    }

    [Fact]
    public async Task Evaluation_has_a_row_for_each_text()
    {
        var recipe = Load(Recipe);
        using var data = await RunData.OpenAsync(recipe, new DataOptions(), default);
        data.Pack(recipe.Recipe, null, default);
        using var scope = Scope.Enter();
        using var loader = new Selfsame.Data.Loading.BatchLoader(data.Set, [0, 1], data.PlainInputs.Fields, new() { BatchSize = 2, Sequential = true });
        using var host = loader.Next()!;
        Assert.Equal([19, 24], host.Fields[0].Lengths.ToArray());
        Assert.Equal([0, 1], host.Indices.ToArray());
    }

    [Fact]
    public void Marks_within_a_row_are_never_hidden()
    {
        using var scope = Scope.Enter();
        var encoder = new TextEncoder(new()
        {
            Embedding = new() { Vocabulary = 260, Positions = 8, Padding = 256, Mask = 259, Marks = [257, 258] },
            Blocks = new() { Width = 8, Depth = 1, Heads = 2 },
        });
        Assert.Equal([false, true, true, false, false, false, true, true], encoder.Locked(Tensor.From<long>([97, 258, 257, 98, 99, 100, 258, 257], [1, 8]))!.ToArray<bool>());
    }

    [Theory]
    [InlineData("window: random }", "data.text.window is given beside packing, which takes all of a long text, over several rows; leave one of them out.")]
    [InlineData("window: start }", "data.text.window is given beside packing")]
    [InlineData("tokenizer: { train: bpe }, bpe_dropout: 0.1 }", "data.text.bpe_dropout is given beside packing, which needs as many tokens of a text in every epoch; leave one of them out.")]
    [InlineData("}, audio: { seconds: 1 }", "data.text.packing is given, but data reads audio, text, and a row of several texts belongs to no other sample; read text alone, or leave packing out.")]
    [InlineData("}, mix: { text: 1 }", "data.mix is given beside text.packing, which trains on text alone; leave one of them out.")]
    public void What_cannot_be_packed_is_refused(string more, string message) =>
        Refused(Recipe.Replace(Data, $"{Data[..^1]}{(more[0] == '}' ? "" : ", ")}{more}", StringComparison.Ordinal), message);

    [Fact]
    public void Labels_are_refused() => Refused(
        TinyRun.SelfFlow.Replace("views: [{ size: 16, crop: { scale: [0.5, 1.0] } }]", Data, StringComparison.Ordinal),
        "data.text.packing is given, but self-flow learns from the labels of column folder, and a row of several texts has no one label; leave packing out.");

    [Fact]
    public void A_recipe_is_written_as_it_is_read()
    {
        var recipe = Load(Recipe).Recipe;
        Assert.Equal(TextPacking.Across, recipe.Data.Text!.Packing);
        Assert.Equal(recipe, new RecipeLoader(SystemTable.BuiltIn).LoadText(RecipeWriter.Write(recipe), "again.yaml", [], TinyRun.NoEnvironment).Recipe);
    }

    private void Refused(string recipe, string message) => Assert.Contains(message, Assert.Throws<RecipeException>(() => Load(recipe)).Message, StringComparison.Ordinal);

    private LoadedRecipe Load(string recipe) => TinyRun.Load(recipe, _folder["data"]);
}
