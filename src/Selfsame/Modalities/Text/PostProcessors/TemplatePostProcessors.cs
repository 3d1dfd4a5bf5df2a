using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.PostProcessors;

/// <summary>Any order of texts and special tokens.</summary>
internal sealed class TemplatePostProcessor(Template template) : IPostProcessor
{
    public int Added(bool pair) => template.Added(pair);

    public IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> parts, bool addSpecial) => template.Apply(parts, addSpecial);

    public JsonObject Write()
    {
        var special = new JsonObject();
        foreach (var (name, token) in template.Special)
            special[name] = new JsonObject { ["id"] = name, ["ids"] = new JsonArray([.. token.Ids.Select(id => (JsonNode)id)]), ["tokens"] = new JsonArray([.. token.Tokens.Select(text => (JsonNode)text)]) };
        return new() { ["type"] = "TemplateProcessing", ["single"] = Write(template.Single), ["pair"] = Write(template.Pair), ["special_tokens"] = special };
    }

    private static JsonArray Write(IReadOnlyList<TemplatePlace> places) => new([.. places.Select(place => new JsonObject
    {
        [place.Text < 0 ? "SpecialToken" : "Sequence"] = new JsonObject { ["id"] = place.Text < 0 ? place.Special : place.Text == 0 ? "A" : "B", ["type_id"] = place.Type },
    })]);
}

/// <summary>A special token of a fixed template: its text and number.</summary>
internal readonly record struct MarkToken(string Text, int Id)
{
    public JsonArray Write() => new(Text, Id);
}

/// <summary>BERT's order: <c>[CLS] A [SEP]</c>, or <c>[CLS] A [SEP] B [SEP]</c> with type 1 from B on.</summary>
internal sealed class BertPostProcessor(MarkToken separator, MarkToken begin) : IPostProcessor
{
    private readonly Template _template = new(
        [new(-1, "cls", 0), new(0, "", 0), new(-1, "sep", 0)],
        [new(-1, "cls", 0), new(0, "", 0), new(-1, "sep", 0), new(1, "", 1), new(-1, "sep", 1)],
        MarkTokens.Named(separator, begin));

    public int Added(bool pair) => _template.Added(pair);

    public IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> parts, bool addSpecial) => _template.Apply(parts, addSpecial);

    public JsonObject Write() => new() { ["type"] = "BertProcessing", ["sep"] = separator.Write(), ["cls"] = begin.Write() };
}

/// <summary>RoBERTa's order: <c>&lt;s&gt; A &lt;/s&gt;</c>, or <c>&lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;</c>, all of type 0.</summary>
internal sealed class RobertaPostProcessor(MarkToken separator, MarkToken begin, bool trimOffsets, bool addPrefixSpace) : IPostProcessor
{
    private readonly Template _template = new(
        [new(-1, "cls", 0), new(0, "", 0), new(-1, "sep", 0)],
        [new(-1, "cls", 0), new(0, "", 0), new(-1, "sep", 0), new(-1, "sep", 0), new(1, "", 0), new(-1, "sep", 0)],
        MarkTokens.Named(separator, begin));

    public int Added(bool pair) => _template.Added(pair);

    public IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> parts, bool addSpecial) =>
        _template.Apply(trimOffsets ? BlankOffsets.Trim(parts, addPrefixSpace) : parts, addSpecial);

    public JsonObject Write() => new()
    {
        ["type"] = "RobertaProcessing",
        ["sep"] = separator.Write(),
        ["cls"] = begin.Write(),
        ["trim_offsets"] = trimOffsets,
        ["add_prefix_space"] = addPrefixSpace,
    };
}

/// <summary>The two special tokens of the fixed templates.</summary>
internal static class MarkTokens
{
    /// <summary>By the names that the templates use.</summary>
    public static Dictionary<string, TemplateToken> Named(MarkToken separator, MarkToken begin) => new(StringComparer.Ordinal)
    {
        ["cls"] = new([begin.Id], [begin.Text]),
        ["sep"] = new([separator.Id], [separator.Text]),
    };
}
