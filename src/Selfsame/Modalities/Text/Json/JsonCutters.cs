using Selfsame.Modalities.Text.Normalizers;
using Selfsame.Modalities.Text.PreTokenizers;

namespace Selfsame.Modalities.Text.Json;

/// <summary>Reads what happens to a text before it meets the model.</summary>
internal static class JsonCutters
{
    private const string NormalizerKinds =
        "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents";

    private const string PreTokenizerKinds =
        "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, Whitespace, WhitespaceSplit";

    /// <summary>A normalizer.</summary>
    /// <exception cref="Data.DataSourceException">Its kind, or a setting of it, is not known.</exception>
    public static INormalizer Normalizer(JsonPart part)
    {
        switch (part.Kind)
        {
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                return new UnicodeNormalizer(part.Only().Kind);
            case "Lowercase" or "StripAccents" or "Nmt":
                return PointNormalizer.Find(part.Only().Kind)!;
            case "Strip":
                part.Only("strip_left", "strip_right");
                return new StripNormalizer(part.Flag("strip_left", true), part.Flag("strip_right", true));
            case "BertNormalizer":
                part.Only("clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
                return new BertNormalizer(
                    part.Flag("clean_text", true), part.Flag("handle_chinese_chars", true),
                    part.Find("strip_accents") is null ? null : part.Flag("strip_accents", true), part.Flag("lowercase", true));
            case "Replace":
                part.Only("pattern", "content");
                return new ReplaceNormalizer(part.Pattern("pattern"), part.Text("content"));
            case "Prepend":
                return new PrependNormalizer(part.Only("prepend").Text("prepend"));
            case "ByteLevel":
                part.Only();
                return new ByteLevelNormalizer();
            case "Precompiled":
                return Precompiled(part.Only("precompiled_charsmap"));
            case "Sequence":
                return new NormalizerSequence([.. part.Only("normalizers").Items("normalizers").Select(Normalizer)]);
            default:
                throw part.Part("type").Fault($"is \"{part.Kind}\", which is no normalizer; there are {NormalizerKinds}");
        }
    }

    /// <summary>A pre-tokenizer.</summary>
    /// <exception cref="Data.DataSourceException">Its kind, or a setting of it, is not known.</exception>
    public static IPreTokenizer PreTokenizer(JsonPart part)
    {
        switch (part.Kind)
        {
            case "Whitespace":
                part.Only();
                return new WhitespacePreTokenizer();
            case "WhitespaceSplit":
                part.Only();
                return new WhitespaceSplitPreTokenizer();
            case "BertPreTokenizer":
                part.Only();
                return new BertPreTokenizer();
            case "Punctuation":
                return new PunctuationPreTokenizer(part.Only("behavior").OneOf("behavior", DelimiterBehavior.Isolated));
            case "Digits":
                return new DigitsPreTokenizer(part.Only("individual_digits").Flag("individual_digits", false));
            case "CharDelimiterSplit":
                return new DelimiterPreTokenizer(part.Only("delimiter").Point("delimiter"));
            case "FixedLength":
                return part.Only("length").NumberOrNull("length") is 0
                    ? throw part.Part("length").Fault("is 0; expected at least 1")
                    : new FixedLengthPreTokenizer(part.NumberOrNull("length") ?? 5);
            case "ByteLevel":
                part.Only("add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPreTokenizer(part.Flag("add_prefix_space", true), part.Flag("trim_offsets", true), part.Flag("use_regex", true));
            case "Split":
                part.Only("pattern", "behavior", "invert");
                return new SplitPreTokenizer(part.Pattern("pattern"), part.OneOf("behavior", DelimiterBehavior.Removed), part.Flag("invert", false));
            case "Metaspace":
                var (mark, scheme, split) = Metaspace(part);
                return new MetaspacePreTokenizer(mark, scheme, split);
            case "Sequence":
                return new PreTokenizerSequence([.. part.Only("pretokenizers").Items("pretokenizers").Select(PreTokenizer)]);
            default:
                throw part.Part("type").Fault($"is \"{part.Kind}\", which is no pre-tokenizer that is supported; there are {PreTokenizerKinds}");
        }
    }

    /// <summary>The settings of a <c>Metaspace</c>, those of older files included.</summary>
    public static (string Mark, PrependScheme Scheme, bool Split) Metaspace(JsonPart part)
    {
        part.Only("replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
        var mark = char.ConvertFromUtf32(part.Point("replacement"));
        var scheme = part.OneOf("prepend_scheme", part.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never);
        if (!part.Flag("add_prefix_space", true) && scheme != PrependScheme.Never)
            throw part.Part("add_prefix_space").Fault("is false, but prepend_scheme is not never; leave one of them out");
        return (mark, scheme, part.Flag("split", true));
    }

    private static PrecompiledNormalizer Precompiled(JsonPart part)
    {
        try
        {
            return new PrecompiledNormalizer(part.Text("precompiled_charsmap"));
        }
        catch (FormatException problem)
        {
            throw part.Part("precompiled_charsmap").Fault($"is no table of SentencePiece: {problem.Message}");
        }
    }
}
