using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Normalizers;
using Selfsame.Modalities.Text.Patterns;
using Selfsame.Modalities.Text.PreTokenizers;
using Selfsame.Modalities.Text.Trainers;

namespace Selfsame.Parity.Adapters;

/// <summary>Each normalizer by itself.</summary>
internal sealed class TokenizerNormalizers : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "normalizers";

    public void Run(ParityCase c)
    {
        var texts = c.Texts("in/text");
        foreach (var name in c.Config.Texts("normalizers"))
        {
            var normalizer = Named(name);
            c.ExpectTexts($"out/{name}", [.. texts.Select(text => normalizer.Apply(AlignedText.Of(text)).ToString())]);
        }
    }

    private static INormalizer Named(string name) => name switch
    {
        "nfc" or "nfd" or "nfkc" or "nfkd" => new UnicodeNormalizer(name.ToUpperInvariant()),
        "lowercase" => PointNormalizer.Lowercase,
        "strip_accents" => new NormalizerSequence([new UnicodeNormalizer("NFD"), PointNormalizer.StripAccents]),
        "strip" => new StripNormalizer(left: true, right: true),
        "bert_uncased" => new BertNormalizer(cleanText: true, handleChineseChars: true, stripAccents: null, lowercase: true),
        "bert_cased" => new BertNormalizer(cleanText: true, handleChineseChars: true, stripAccents: false, lowercase: false),
        "nmt" => PointNormalizer.Nmt,
        "replace_double_blank" => new ReplaceNormalizer(new Pattern(" {2,}"), " "),
        "prepend" => new PrependNormalizer("\u2581"),
        _ => throw new InvalidDataException($"there is no normalizer '{name}'"),
    };
}

/// <summary>Each pre-tokenizer by itself.</summary>
internal sealed class TokenizerPreTokenization : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "pre-tokenization";

    public void Run(ParityCase c)
    {
        var texts = c.Texts("in/text");
        foreach (var pattern in c.Config.Section("patterns").EnumerateObject())
            Compare(pattern.Name, new SplitPreTokenizer(new Pattern(pattern.Value.GetString()!), DelimiterBehavior.Removed, invert: true));
        Compare("whitespace", new WhitespacePreTokenizer());
        Compare("whitespace_split", new WhitespaceSplitPreTokenizer());
        Compare("bert", new BertPreTokenizer());
        Compare("punctuation", new PunctuationPreTokenizer(DelimiterBehavior.Isolated));
        Compare("digits", new DigitsPreTokenizer(individual: true));
        Compare("digit_groups", new DigitsPreTokenizer(individual: false));
        Compare("metaspace", new MetaspacePreTokenizer("\u2581", PrependScheme.Always, split: true));

        void Compare(string name, IPreTokenizer cutter)
        {
            var (all, counts) = (new List<AlignedText>(), new List<int>());
            foreach (var text in texts)
            {
                var before = all.Count;
                cutter.Cut(AlignedText.Of(text), all);
                counts.Add(all.Count - before);
            }

            c.ExpectTexts($"out/{name}", [.. all.Select(piece => piece.ToString())]);
            c.ExpectNumbers($"out/{name}_counts", counts);
        }
    }
}

/// <summary>Learning BPE merges.</summary>
internal sealed class TokenizerBpeTraining : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "bpe-training";

    public void Run(ParityCase c)
    {
        var bytes = c.Config.Text("pre") == "byte_level";
        IPreTokenizer cutter = bytes ? new ByteLevelPreTokenizer(addPrefixSpace: false, trimOffsets: true, useRegex: true) : new WhitespacePreTokenizer();
        var counts = new WordCounts();
        foreach (var line in c.Texts("in/corpus"))
        {
            var pieces = new List<AlignedText>();
            cutter.Cut(AlignedText.Of(line), pieces);
            counts.Add(pieces.Select(piece => piece.ToString()));
        }

        var words = counts.InOrder();
        c.ExpectTexts("out/words", [.. words.Select(word => Points.ToText(word.Points))]);
        c.Expect("out/word_counts", words.Select(word => word.Count).ToArray());
        var alphabet = c.Config.Text("initial") == "bytes" ? ByteAlphabet.InTableOrder().Select(character => (int)character) : [];
        string[] special = [.. c.Config.Texts("special_tokens")];
        var learned = new BpeTrainer { VocabularySize = c.Config.Whole("vocab_size"), MinFrequency = c.Config.Whole("min_frequency"), SpecialTokens = special, InitialAlphabet = alphabet }.Train(words);
        c.ExpectTexts("out/merges", [.. learned.Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
        c.Expect("out/merge_counts", learned.Counts.ToArray());
        c.ExpectTexts("out/vocabulary", [.. learned.Tokens]);
        var all = new BpeTrainer { VocabularySize = int.MaxValue, SpecialTokens = special, InitialAlphabet = alphabet }.Train(words);
        c.ExpectTexts("out/all_merges", [.. all.Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
    }
}

/// <summary>CLIP's tokenizer from its merges.</summary>
internal sealed class TokenizerClip : IParityAdapter
{
    public string System => "tokenizer";

    public string Case => "clip-bpe";

    public void Run(ParityCase c)
    {
        var tokenizer = new ClipTokenizer(c.Texts("in/merges"), c.Config.Text("pattern"));
        c.ExpectTexts("out/vocabulary", [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.TokenOf(id)!)]);
        var ids = c.Texts("in/text").Select(tokenizer.Encode).ToArray();
        c.ExpectLists("out/ids", ids);
        c.ExpectTexts("out/decoded", [.. ids.Select(list => tokenizer.Decode(list, skipSpecial: false))]);
        c.ExpectNumbers("out/padded", c.Texts("in/text").SelectMany(text => tokenizer.EncodePadded(text, c.Config.Whole("context_length"))));
    }
}
