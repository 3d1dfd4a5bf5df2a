using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.Trainers;
using Selfsame.Tests.Modalities.Text;

namespace Selfsame.Tests.Data;

/// <summary>Merges that are passed over in training, and only there.</summary>
public sealed class TextDropoutTests
{
    private const string Sentence = "the quick brown fox jumps over the lazy dog, and the dog sleeps on";

    private static readonly TextTokenizer s_tokenizer = TokenizerTexts.Trained(TokenizerKind.Bpe);

    [Fact]
    public void A_text_is_cut_another_way_each_epoch_and_stays_the_same_text()
    {
        var epochs = Read(Field(0.3), 0, 8);
        Assert.All(epochs, tokens => Assert.Equal(Sentence, s_tokenizer.Decode(tokens)));
        Assert.InRange(epochs.Select(tokens => string.Join(' ', tokens)).Distinct().Count(), 4, 8);
        Assert.True(epochs.Average(tokens => tokens.Length) > s_tokenizer.Encode(Sentence).Length, "no merge was passed over");
    }

    [Fact]
    public void A_resumed_run_cuts_as_an_unbroken_one() => Assert.Equal(Read(Field(0.3), 0, 8)[5..], Read(Field(0.3), 5, 3));

    [Fact]
    public void A_chance_of_one_leaves_bytes()
    {
        var tokens = Assert.Single(Read(Field(1), 0, 1));
        Assert.Equal(Sentence.Length, tokens.Length);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.3, true)]
    public void Without_it_and_in_evaluation_every_merge_is_made(double dropout, bool evaluation) =>
        Assert.All(Read(Field(dropout, evaluation), 0, 3), tokens => Assert.Equal(s_tokenizer.Encode(Sentence), tokens));

    [Fact]
    public void Tokenizers_without_merges_are_refused()
    {
        var settings = new TextInputSettings { BpeDropout = 0.1 };
        Assert.Equal("bpe_dropout", Assert.Single(settings.Check()).Key);
        Assert.Single((settings with { Tokenizer = new() { Train = TokenizerKind.Unigram } }).Check());
        Assert.Empty((settings with { Tokenizer = new() { Train = TokenizerKind.Bpe } }).Check());
        var thrown = Assert.Throws<DataSourceException>(() => new TextField(settings, TokenizerTexts.Trained(TokenizerKind.Unigram), evaluation: false));
        Assert.StartsWith("data.text.bpe_dropout is 0.1, but the tokenizer is of another kind", thrown.Message, StringComparison.Ordinal);
    }

    private static TextField Field(double dropout, bool evaluation = false) =>
        new(new() { Tokenizer = new() { From = "words.json" }, BpeDropout = dropout, Mark = false }, s_tokenizer, evaluation);

    private static int[][] Read(TextField field, int start, int batches)
    {
        using var folder = new TempFolder();
        folder.Write("0.txt", Sentence);
        using var data = FolderSource.Open(folder.Path);
        using var loader = new BatchLoader(data, [0], [field], new() { BatchSize = 1, Start = start, Seed = 7 });
        var seen = new int[batches][];
        for (var k = 0; k < batches; k++)
        {
            using var batch = loader.Next()!;
            seen[k] = Array.ConvertAll(batch.Fields[0].Tokens.ToArray(), token => (int)token);
        }

        return seen;
    }
}
