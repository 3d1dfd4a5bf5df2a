using Selfsame.Data;
using Selfsame.Modalities.Text;
using Selfsame.Recipes;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

/// <summary>The tokenizer of a run: trained when it begins, kept, and used from then on.</summary>
public sealed class TokenizerRunTests : IDisposable
{
    private const string Recipe = """
        system: linear-autoencoder
        duration: { steps: 2 }
        batch: 4
        data: { source: missing, split: all, workers: 1, text: { max_length: 16, tokenizer: TOKENIZER } }
        encoder: { kind: vit, patch: 4, width: 16, depth: 1, heads: 2 }
        optimizer: { kind: adamw, rate: 1.0e-3 }
        checkpoint: { every: { steps: 2 } }
        log: { every: { steps: 1 } }
        precision: fp32
        evaluate: null
        """;

    private static readonly SystemTable Systems = new(
        [new("linear-autoencoder", "Linear autoencoder", "Reconstruction", [.. Modality.All], "", "", typeof(LinearAutoencoderSettings))]);

    private readonly TemporaryFolder _folder = new();

    public TokenizerRunTests()
    {
        for (var i = 0; i < 12; i++)
            _folder.Add($"data/{i}.txt", System.Text.Encoding.UTF8.GetBytes($"the quick brown fox number {i} ሰላም 学习"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_trained_tokenizer_stays_with_its_run()
    {
        var recipe = Load("{ train: bpe, vocabulary: 300 }");
        await RunAsync(recipe, "run");
        var kept = File.ReadAllText(_folder["run/tokenizer.json"]);
        Assert.Equal(300, TextTokenizer.Parse(kept).VocabularySize);

        // Other texts would give another tokenizer.
        _folder.Add("data/more.txt", "zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz"u8.ToArray());
        using (var data = await RunData.OpenAsync(recipe.Recipe, new DataOptions(), default, new RunFolder(_folder["run"])))
            Assert.Equal(kept, ((TextTokenizer)data.Tokenizer!).ToJson() + "\n");
        using (var data = await RunData.OpenAsync(recipe.Recipe, new DataOptions(), default))
            Assert.NotEqual(kept, ((TextTokenizer)data.Tokenizer!).ToJson() + "\n");

        File.Delete(_folder["run/tokenizer.json"]);
        var error = await Assert.ThrowsAsync<DataSourceException>(() => RunData.OpenAsync(recipe.Recipe, new DataOptions(), default, new RunFolder(_folder["run"])));
        Assert.Contains("tokenizer.json is gone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_copied_into_the_run()
    {
        _folder.Add("words.json", System.Text.Encoding.UTF8.GetBytes("""{"version":"1.0","added_tokens":[{"id":1,"content":"[PAD]","special":true}],"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordLevel","vocab":{"[UNK]":0,"fox":2},"unk_token":"[UNK]"}}"""));
        await RunAsync(Load(_folder["words.json"]), "run");
        var tokenizer = TextTokenizer.Open(_folder["run/tokenizer.json"]);
        Assert.Equal(1, tokenizer.Special.Padding);
        Assert.Equal([0, 2], tokenizer.Encode("brown fox"));
    }

    [Fact]
    public async Task Bytes_need_no_file()
    {
        await RunAsync(Load("bytes"), "run");
        Assert.False(File.Exists(_folder["run/tokenizer.json"]));
    }

    [Theory]
    [InlineData("bytes", "tokenizer: bytes")]
    [InlineData("{ from: words.json }", "tokenizer: words.json")]
    [InlineData("{ train: unigram, vocabulary: 500 }", "train: unigram")]
    public void A_recipe_is_written_as_it_is_read(string tokenizer, string written)
    {
        var recipe = Load(tokenizer);
        var text = RecipeWriter.Write(recipe.Recipe);
        Assert.Contains(written, text, StringComparison.Ordinal);
        Assert.Equal(recipe.Recipe, new RecipeLoader(Systems).LoadText(text, "again.yaml", [], TinyRun.NoEnvironment).Recipe);
    }

    [Theory]
    [InlineData("{ train: markov }", "data.text.tokenizer.train is markov; expected one of bpe, wordpiece, unigram")]
    [InlineData("{ from: bytes, train: bpe }", "data.text.tokenizer has from and train; give exactly one of from, train")]
    [InlineData("{ from: bytes, vocabulary: 400 }", "data.text.tokenizer.vocabulary is given, but no tokenizer is trained")]
    public void What_does_not_fit_is_refused(string tokenizer, string expected) =>
        Assert.Contains(expected, Assert.Throws<RecipeException>(() => Load(tokenizer)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_tokenizer_that_is_not_there_is_named()
    {
        var error = await Assert.ThrowsAsync<DataSourceException>(() => RunAsync(Load("nowhere.json"), "run"));
        Assert.Equal("data.text.tokenizer is 'nowhere.json', which is no tokenizer and no file; use bytes, the path of a tokenizer.json, or { train: bpe }", error.Message);
    }

    private LoadedRecipe Load(string tokenizer) => new RecipeLoader(Systems).LoadText(
        Recipe.Replace("TOKENIZER", tokenizer, StringComparison.Ordinal), "tiny.yaml", [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), _folder["data"])], TinyRun.NoEnvironment);

    private Task<RunResult> RunAsync(LoadedRecipe recipe, string folder) =>
        Pretraining.RunAsync(new PretrainingOptions { Recipe = recipe, Folder = _folder[folder], Observer = new Watcher(), Systems = Systems }, default);
}
