using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.Normalizers;

/// <summary>Drops whitespace at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        var (first, last) = (0, text.Length);
        while (left && first < last && Points.IsWhitespace(text.Points[first]))
            first++;
        while (right && last > first && Points.IsWhitespace(text.Points[last - 1]))
            last--;
        return text.Slice(first, last - first);
    }

    public JsonObject Write() => new() { ["type"] = "Strip", ["strip_left"] = left, ["strip_right"] = right };
}

/// <summary>Puts a text in front of one that is not empty; aligned with its first code point.</summary>
internal sealed class PrependNormalizer(string prepend) : INormalizer
{
    private readonly int[] _points = Points.Of(prepend);

    public AlignedText Apply(AlignedText text)
    {
        if (text.Length == 0)
            return text;
        var builder = new AlignedTextBuilder(text.Length + _points.Length);
        foreach (var point in _points)
            builder.Add(point, text, 0);
        builder.Add(text, 0, text.Length);
        return builder.Build();
    }

    public JsonObject Write() => new() { ["type"] = "Prepend", ["prepend"] = prepend };
}

/// <summary>Replaces every place where a pattern fits; what is put there is aligned with what was taken away.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content) : INormalizer
{
    private readonly int[] _points = Points.Of(content);

    public AlignedText Apply(AlignedText text)
    {
        var found = pattern.FindAll(text.Points);
        if (found.Count == 0)
            return text;
        var builder = new AlignedTextBuilder(text.Length);
        var next = 0;
        foreach (var (start, end) in found)
        {
            builder.Add(text, next, start - next);
            foreach (var point in _points)
                builder.Add(point, text.Start(start), text.End(end - 1));
            next = end;
        }

        builder.Add(text, next, text.Length - next);
        return builder.Build();
    }

    public JsonObject Write() => new() { ["type"] = "Replace", ["pattern"] = Json.JsonPatterns.Write(pattern), ["content"] = content };
}

/// <summary>Writes each byte of UTF-8 as a printable character, see <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public AlignedText Apply(AlignedText text) => ByteAlphabet.Map(text);

    public JsonObject Write() => new() { ["type"] = "ByteLevel" };
}

/// <summary>Several, one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> parts) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        foreach (var part in parts)
            text = part.Apply(text);
        return text;
    }

    public JsonObject Write() => new() { ["type"] = "Sequence", ["normalizers"] = new JsonArray([.. parts.Select(part => part.Write())]) };
}
