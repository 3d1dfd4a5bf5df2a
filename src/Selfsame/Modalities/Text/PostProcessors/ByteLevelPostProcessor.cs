using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.PostProcessors;

/// <summary>Leaves blanks at the ends of tokens out of their places in the text. Adds no tokens.</summary>
internal sealed class ByteLevelPostProcessor(bool addPrefixSpace, bool trimOffsets, bool useRegex) : IPostProcessor
{
    public int Added(bool pair) => 0;

    public IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> parts, bool addSpecial) =>
        trimOffsets ? BlankOffsets.Trim(parts, addPrefixSpace) : parts;

    public JsonObject Write() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = addPrefixSpace, ["trim_offsets"] = trimOffsets, ["use_regex"] = useRegex };
}

/// <summary>Places of tokens without the blanks at their ends.</summary>
internal static class BlankOffsets
{
    private static readonly char s_blank = ByteAlphabet.Of((byte)' ');

    /// <summary>Trims every token of byte-level text.</summary>
    /// <param name="parts">The texts.</param>
    /// <param name="addedBlank">A blank was put before the text; it covers none of it, and is not trimmed.</param>
    public static IReadOnlyList<EncodedText> Trim(IReadOnlyList<EncodedText> parts, bool addedBlank) =>
        [.. parts.Select(part => part.Select((token, index) => Trim(token, index, addedBlank)))];

    private static EncodedToken Trim(EncodedToken token, int index, bool addedBlank)
    {
        var text = token.Text;
        var leading = 0;
        while (leading < text.Length && IsBlank(text[leading]))
            leading++;
        var trailing = 0;
        while (trailing < text.Length && IsBlank(text[text.Length - 1 - trailing]))
            trailing++;
        var (start, end) = (token.Start, token.End);
        if (leading > 0)
            start = Math.Min(start + leading - (addedBlank && (index == 0 || start == 0) ? 1 : 0), end);
        if (trailing > 0 && end >= trailing)
            end = Math.Max(end - trailing, start);
        return token with { Start = start, End = end };
    }

    private static bool IsBlank(char c) => c == s_blank || char.IsWhiteSpace(c);
}

/// <summary>Several, one after the other.</summary>
internal sealed class PostProcessorSequence(IReadOnlyList<IPostProcessor> parts) : IPostProcessor
{
    public int Added(bool pair) => parts.Sum(part => part.Added(pair));

    public IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> texts, bool addSpecial)
    {
        foreach (var part in parts)
            texts = part.Apply(texts, addSpecial);
        return texts;
    }

    public JsonObject Write() => new() { ["type"] = "Sequence", ["processors"] = new JsonArray([.. parts.Select(part => part.Write())]) };
}
