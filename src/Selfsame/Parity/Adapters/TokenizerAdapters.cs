using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Json;
using Selfsame.Modalities.Text.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>Byte-level BPE from a <c>tokenizer.json</c>: tokens, their places, and decoding.</summary>
internal sealed class TokenizerByteLevelBpe : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "byte-level-bpe";

    public void Run(ParityCase c)
    {
        var tokenizer = TextTokenizer.Parse(c.Text("in/tokenizer_json"), c.Path);
        var encoded = c.Texts("in/text").Select(text => tokenizer.Encode(text, null, addSpecial: false)).ToArray();
        c.ExpectLists("out/ids", [.. encoded.Select(text => text.Ids)]);
        if (c.Has("out/spans"))
            c.ExpectNumbers("out/spans", encoded.SelectMany(text => text.Tokens).SelectMany(token => new[] { token.Start, token.End }));
        c.ExpectTexts("out/roundtrip", [.. encoded.Select(text => tokenizer.Decode(text.Ids, skipSpecial: false))]);
        var lists = c.Lists("in/decode_ids");
        c.ExpectTexts("out/decode", [.. lists.Select(ids => tokenizer.Decode(ids, skipSpecial: false))]);
        c.ExpectTexts("out/decode_skip_special", [.. lists.Select(ids => tokenizer.Decode(ids, skipSpecial: true))]);
    }
}

/// <summary>BERT's WordPiece from a <c>tokenizer.json</c>: texts, pairs and decoding.</summary>
internal sealed class TokenizerWordPiece : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "wordpiece";

    public void Run(ParityCase c)
    {
        var tokenizer = TextTokenizer.Parse(c.Text("in/tokenizer_json"), c.Path);
        var encoded = c.Texts("in/text").Select(text => tokenizer.Encode(text, null, addSpecial: false)).ToArray();
        c.ExpectLists("out/ids", [.. encoded.Select(text => text.Ids)]);
        c.ExpectNumbers("out/spans", encoded.SelectMany(text => text.Tokens).SelectMany(token => new[] { token.Start, token.End }));
        c.ExpectTexts("out/decoded", [.. encoded.Select(text => tokenizer.Decode(text.Ids, skipSpecial: false))]);
        var pairs = c.Texts("in/pair_first").Zip(c.Texts("in/pair_second"), (first, second) => tokenizer.Encode(first, second)).ToArray();
        c.ExpectLists("out/pair_ids", [.. pairs.Select(pair => pair.Ids)]);
        c.ExpectLists("out/pair_type_ids", [.. pairs.Select(pair => pair.TypeIds)]);
        c.ExpectTexts("out/pair_decoded_skip_special", [.. pairs.Select(pair => tokenizer.Decode(pair.Ids, skipSpecial: true))]);
    }
}

/// <summary>A unigram language model from a <c>tokenizer.json</c>.</summary>
internal sealed class TokenizerUnigram : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "unigram";

    private const string Mark = "\u2581";

    public void Run(ParityCase c)
    {
        var tokenizer = TextTokenizer.Parse(c.Text("in/tokenizer_json"), c.Path);
        var ids = c.Texts("in/text").Select(text => tokenizer.Encode(text, null, addSpecial: false).Ids).ToArray();
        c.ExpectLists("out/ids", ids);
        c.ExpectTexts("out/decoded", [.. ids.Select(list => tokenizer.Decode(list, skipSpecial: false))]);
        var model = TokenizerJson.Read(c.Text("in/tokenizer_json"), c.Path).Model;
        var prefix = c.Config.Text("prepend") == "never" ? "" : Mark;
        c.Expect("out/agrees_with_sentencepiece", c.Texts("in/text").Zip(ids, (text, list) => Sentence(model, text, prefix).SequenceEqual(list)).ToArray());
    }

    /// <summary>As SentencePiece encodes: a mark in front whatever the text starts with, and the sentence in one go.</summary>
    private static IEnumerable<int> Sentence(ITokenModel model, string text, string prefix)
    {
        var tokens = new List<PieceToken>();
        if (text.Length > 0)
            model.Encode(Points.Of((prefix + text).Replace(" ", Mark, StringComparison.Ordinal)), tokens, draws: null);
        return tokens.Select(token => token.Id);
    }
}

/// <summary>Truncation into windows, and padding.</summary>
internal sealed class TokenizerTruncationPadding : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "truncation-padding";

    public void Run(ParityCase c)
    {
        var tokenizer = TextTokenizer.Parse(c.Text("in/tokenizer_json"), c.Path);
        var (first, second) = (c.Texts("in/pair_first"), c.Texts("in/pair_second"));
        var number = 0;
        foreach (var settings in c.Config.GetProperty("settings").EnumerateArray())
        {
            var truncation = new Truncation(settings.Whole("max_length"), Named<TruncationStrategy>(settings.Text("strategy")), settings.Whole("stride"), Named<SequenceSide>(settings.Text("direction")));
            var padding = settings.GetProperty("padding") is { ValueKind: global::System.Text.Json.JsonValueKind.Object } filling ? Filling(filling) : null;
            var pair = settings.Whole("pair");
            var encoded = tokenizer.With(truncation, padding).Encode(first[pair], second[pair]);
            c.ExpectNumbers($"out/ids.{number}", encoded.Ids);
            c.ExpectNumbers($"out/type_ids.{number}", encoded.TypeIds);
            c.ExpectNumbers($"out/attention_mask.{number}", encoded.AttentionMask);
            c.ExpectLists($"out/overflow.{number}", [.. encoded.Overflow.Select(window => window.Ids)]);
            number++;
        }
    }

    private static Padding Filling(global::System.Text.Json.JsonElement settings) => new(settings.Whole("padId"), settings.Text("padToken"))
    {
        Length = settings.TryGetProperty("maxLength", out var length) ? length.GetInt32() : null,
        MultipleOf = settings.TryGetProperty("padToMultipleOf", out var multiple) ? multiple.GetInt32() : null,
        TypeId = settings.TryGetProperty("padTypeId", out var type) ? type.GetInt32() : 0,
        Direction = settings.TryGetProperty("direction", out var direction) ? Named<SequenceSide>(direction.GetString()!) : SequenceSide.Right,
    };

    private static T Named<T>(string name)
        where T : struct, Enum => Enum.Parse<T>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
