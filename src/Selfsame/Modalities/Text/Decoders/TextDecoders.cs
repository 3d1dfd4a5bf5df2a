using System.Text;
using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.Decoders;

/// <summary>Joins all parts to one.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens) => [string.Concat(tokens)];

    public JsonObject Write() => new() { ["type"] = "Fuse" };
}

/// <summary>Takes a character away from the ends of each part, up to so many times.</summary>
internal sealed class StripDecoder(int content, int start, int stop) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens) => [.. tokens.Select(token =>
    {
        var points = Points.Of(token);
        var (first, last) = (0, points.Length);
        while (first < start && first < last && points[first] == content)
            first++;
        while (points.Length - last < stop && last > first && points[last - 1] == content)
            last--;
        return Points.ToText(points.AsSpan(first, last - first));
    })];

    public JsonObject Write() => new() { ["type"] = "Strip", ["content"] = char.ConvertFromUtf32(content), ["start"] = start, ["stop"] = stop };
}

/// <summary>Replaces every place of each part where a pattern fits.</summary>
internal sealed class ReplaceDecoder(Pattern pattern, string content) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens) => [.. tokens.Select(token =>
    {
        var (points, text, next) = (Points.Of(token), new StringBuilder(), 0);
        foreach (var (start, end) in pattern.FindAll(points))
        {
            text.Append(Points.ToText(points.AsSpan(next, start - next))).Append(content);
            next = end;
        }

        return next == 0 ? token : text.Append(Points.ToText(points.AsSpan(next))).ToString();
    })];

    public JsonObject Write() => new() { ["type"] = "Replace", ["pattern"] = Json.JsonPatterns.Write(pattern), ["content"] = content };
}

/// <summary>Several, one after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<IDecoder> parts) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens)
    {
        foreach (var part in parts)
            tokens = part.Apply(tokens);
        return tokens;
    }

    public JsonObject Write() => new() { ["type"] = "Sequence", ["decoders"] = new JsonArray([.. parts.Select(part => part.Write())]) };
}
