using FsCheck;
using FsCheck.Fluent;
using Selfsame.Data;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.Trainers;
using Selfsame.Parity;
using Selfsame.Tests.Parity;

namespace Selfsame.Tests.Modalities.Text;

public sealed class TextTokenizerTests
{
    public static TheoryData<TokenizerKind> Kinds => [.. Enum.GetValues<TokenizerKind>()];

    public static TheoryData<string> Texts => [.. TokenizerTexts.All];

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Path.Combine(ParityFiles.Root, "tokenizer"), "*.safetensors").Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Cases))]
    public void Agrees_with_the_official_code(string file)
    {
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, "tokenizer", file)]));
        Assert.True(result.Passed, result.Reason);
    }

    [Theory, MemberData(nameof(Texts))]
    public void Byte_level_tokens_give_the_text_back(string text)
    {
        var tokenizer = TokenizerTexts.Trained(TokenizerKind.Bpe);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Byte_level_tokens_give_any_text_back()
    {
        var tokenizer = TokenizerTexts.Trained(TokenizerKind.Bpe);
        // A lone surrogate is no text; the next test says what becomes of it.
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => Well(text) is var well && tokenizer.Decode(tokenizer.Encode(well)) == well).QuickCheckThrowOnFailure();

        static string Well(string? text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_lone_surrogate_is_read_as_the_replacement_character(TokenizerKind kind)
    {
        var tokenizer = TokenizerTexts.Trained(kind);
        Assert.Equal(tokenizer.Encode("a\uFFFDb"), tokenizer.Encode("a\uD83Db"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_place_holds_what_its_token_says(TokenizerKind kind)
    {
        var tokenizer = TokenizerTexts.Trained(kind);
        foreach (var text in TokenizerTexts.All)
        {
            var length = text.EnumerateRunes().Count();
            var encoded = tokenizer.Encode(text, null, addSpecial: false);
            Assert.All(encoded.Tokens, token => Assert.True(token.Start >= 0 && token.Start <= token.End && token.End <= length, $"{token} of a text of {length}"));
            Assert.Equal(encoded.Tokens.Select(token => token.Start), encoded.Tokens.Select(token => token.Start).Order());
        }
    }

    [Fact]
    public void Places_count_code_points()
    {
        var encoded = TokenizerTexts.Trained(TokenizerKind.Wordpiece).Encode("👨 fox", null);
        Assert.Equal((2, 5), (encoded.Tokens.First(token => token.Text == "fox").Start, encoded.Tokens[^2].End));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Training_does_not_depend_on_the_order_of_the_texts(TokenizerKind kind) =>
        Assert.Equal(TokenizerTexts.Trained(kind).ToJson(), TokenizerTrainer.Train(kind, 400, TokenizerTexts.All.Reverse()).ToJson());

    [Theory, MemberData(nameof(Kinds))]
    public void Reading_back_what_was_written_keeps_the_meaning(TokenizerKind kind)
    {
        var tokenizer = TokenizerTexts.Trained(kind);
        var read = TextTokenizer.Parse(tokenizer.ToJson());
        Assert.Equal(tokenizer.ToJson(), read.ToJson());
        Assert.Equal((tokenizer.Special, tokenizer.VocabularySize), (read.Special, read.VocabularySize));
        foreach (var text in TokenizerTexts.All)
            Assert.Equal(tokenizer.Encode(text, text).Tokens, read.Encode(text, text).Tokens);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Trained_tokenizers_have_the_special_tokens_that_objectives_need(TokenizerKind kind)
    {
        var (padding, begin, end, mask) = TokenizerTexts.Trained(kind).Special;
        Assert.Equal(4, new HashSet<int?> { padding, begin, end, mask }.Except([null]).Count());
        Assert.Equal([begin!.Value, end!.Value], TokenizerTexts.Trained(kind).Encode("", null).Ids);
    }

    [Fact]
    public void What_reads_like_a_special_token_is_text_in_training()
    {
        var tokenizer = TokenizerTexts.Trained(TokenizerKind.Bpe);
        Assert.DoesNotContain(tokenizer.Special.Mask!.Value, tokenizer.Encode("a <mask> b"));
        Assert.Contains(tokenizer.Special.Mask!.Value, tokenizer.Encode("a <mask> b", null).Ids);
        Assert.Equal("a <mask> b", tokenizer.Decode(tokenizer.Encode("a <mask> b")));
    }

    [Theory]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Rot13"}]}}""", "normalizer.normalizers[1].type is \"Rot13\"")]
    [InlineData("""{"model":{"type":"Markov"}}""", "model.type is \"Markov\"")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":-1},"unk_token":"a"}}""", "model.vocab.a is -1; expected a whole number from 0")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}""", "model does not fit together: a part of a merge, 'b', is not in the vocabulary")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"decoder":{"type":"Fuse","loud":true}}""", "decoder.loud is not known here")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a"},"behavior":"Removed"}}""", "pre_tokenizer.pattern cannot be used: the pattern '(a' has a ( without a )")]
    [InlineData("""{"model":""", "is not JSON")]
    public void What_is_not_known_is_refused_with_its_path(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataSourceException>(() => TextTokenizer.Parse(json, "tokenizer.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_batch_is_filled_up_to_its_longest()
    {
        var tokenizer = TokenizerTexts.Trained(TokenizerKind.Bpe);
        var batch = tokenizer.With(null, new Padding(tokenizer.Special.Padding, "<pad>") { MultipleOf = 4, Direction = SequenceSide.Left }).EncodeBatch(["a", "abcdefgh"]);
        Assert.Equal(batch[0].Ids.Length, batch[1].Ids.Length);
        Assert.Equal(0, batch[0].Ids.Length % 4);
        Assert.Equal(3, batch[0].AttentionMask.Sum());
        Assert.Equal(0, batch[0].AttentionMask[0]);
    }
}
