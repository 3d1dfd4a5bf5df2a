using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.PreTokenizers;

/// <summary>Runs of word characters, and runs of what is neither that nor whitespace.</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    private static readonly Pattern s_pattern = new(@"\w+|[^\w\s]+");

    public void Cut(AlignedText text, List<AlignedText> pieces) => Delimiters.Cut(text, s_pattern, invert: true, DelimiterBehavior.Removed, pieces);

    public JsonObject Write() => new() { ["type"] = "Whitespace" };
}

/// <summary>Cuts at a pattern, or with <paramref name="invert"/> into what fits it.</summary>
internal sealed class SplitPreTokenizer(Pattern pattern, DelimiterBehavior behavior, bool invert) : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces) => Delimiters.Cut(text, pattern, invert, behavior, pieces);

    public JsonObject Write() => new() { ["type"] = "Split", ["pattern"] = Json.JsonPatterns.Write(pattern), ["behavior"] = behavior.ToString(), ["invert"] = invert };
}

/// <summary>GPT-2's cut, then each byte of UTF-8 as a printable character, so that no text is unknown.</summary>
/// <remarks>Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2; the pattern is that of the official code.</remarks>
/// <param name="addPrefixSpace">Put a blank before a text that does not start with one.</param>
/// <param name="trimOffsets">Kept for the post-processor of the same name; has no effect on the cut.</param>
/// <param name="useRegex">Cut with GPT-2's pattern; else the text stays whole.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool trimOffsets, bool useRegex) : IPreTokenizer
{
    private static readonly Pattern s_pattern = new(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");
    private static readonly Normalizers.PrependNormalizer s_blank = new(" ");

    public void Cut(AlignedText text, List<AlignedText> pieces)
    {
        if (addPrefixSpace && text.Length > 0 && text.Points[0] != ' ')
            text = s_blank.Apply(text);
        if (!useRegex)
        {
            if (text.Length > 0)
                pieces.Add(ByteAlphabet.Map(text));
            return;
        }

        var words = new List<AlignedText>();
        Delimiters.Cut(text, s_pattern, invert: false, DelimiterBehavior.Isolated, words);
        foreach (var word in words)
            pieces.Add(ByteAlphabet.Map(word));
    }

    public JsonObject Write() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = addPrefixSpace, ["trim_offsets"] = trimOffsets, ["use_regex"] = useRegex };
}

/// <summary>Several, each cutting the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> parts) : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces)
    {
        List<AlignedText> now = [text];
        foreach (var part in parts)
        {
            var next = new List<AlignedText>(now.Count);
            foreach (var piece in now)
                part.Cut(piece, next);
            now = next;
        }

        pieces.AddRange(now);
    }

    public JsonObject Write() => new() { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray([.. parts.Select(part => part.Write())]) };
}
