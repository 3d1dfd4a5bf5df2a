using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Selfsame.Data;

namespace Selfsame.Modalities.Text.Json;

/// <summary>Hugging Face's <c>tokenizer.json</c>, version 1.0, to parts and back.</summary>
internal static class TokenizerJson
{
    private static readonly JsonSerializerOptions s_layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="DataSourceException">It is not JSON, or something in it is not known; the message has the path of keys.</exception>
    public static TokenizerParts Read(string json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = new JsonPart(document.RootElement, "", file)
                .Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
            if (root.TextOrNull("version") is { } version && version != "1.0")
                throw root.Part("version").Fault($"is \"{version}\"; 1.0 can be read");
            return new(JsonModels.Model(root.Part("model")))
            {
                Added = root.Find("added_tokens") is null ? [] : [.. root.Items("added_tokens").Select(Added)],
                Normalizer = root.Find("normalizer") is { } normalizer ? JsonCutters.Normalizer(normalizer) : null,
                PreTokenizer = root.Find("pre_tokenizer") is { } cutter ? JsonCutters.PreTokenizer(cutter) : null,
                PostProcessor = root.Find("post_processor") is { } finisher ? JsonFinishers.PostProcessor(finisher) : null,
                Decoder = root.Find("decoder") is { } decoder ? JsonFinishers.Decoder(decoder) : null,
                Truncation = root.Find("truncation") is { } truncation ? Truncation(truncation) : null,
                Padding = root.Find("padding") is { } padding ? Padding(padding) : null,
            };
        }
        catch (JsonException problem)
        {
            throw new DataSourceException($"{file} is not JSON: {problem.Message}", problem);
        }
    }

    /// <summary>Writes a tokenizer.</summary>
    public static string Write(TokenizerParts parts) => new JsonObject
    {
        ["version"] = "1.0",
        ["truncation"] = parts.Truncation is { } truncation ? Write(truncation) : null,
        ["padding"] = parts.Padding is { } padding ? Write(padding) : null,
        ["added_tokens"] = new JsonArray([.. parts.Added.Select(Write)]),
        ["normalizer"] = parts.Normalizer?.Write(),
        ["pre_tokenizer"] = parts.PreTokenizer?.Write(),
        ["post_processor"] = parts.PostProcessor?.Write(),
        ["decoder"] = parts.Decoder?.Write(),
        ["model"] = parts.Model.Write(),
    }.ToJsonString(s_layout);

    private static AddedToken Added(JsonPart part)
    {
        part.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        return new(part.Number("id"), part.Text("content"))
        {
            SingleWord = part.Flag("single_word", false),
            LeftStrip = part.Flag("lstrip", false),
            RightStrip = part.Flag("rstrip", false),
            Normalized = part.Flag("normalized", !part.Flag("special", false)),
            Special = part.Flag("special", false),
        };
    }

    private static JsonObject Write(AddedToken token) => new()
    {
        ["id"] = token.Id,
        ["content"] = token.Content,
        ["single_word"] = token.SingleWord,
        ["lstrip"] = token.LeftStrip,
        ["rstrip"] = token.RightStrip,
        ["normalized"] = token.Normalized,
        ["special"] = token.Special,
    };

    private static Truncation Truncation(JsonPart part)
    {
        part.Only("direction", "max_length", "strategy", "stride");
        return new(part.Number("max_length"), part.OneOf("strategy", TruncationStrategy.LongestFirst), part.NumberOrNull("stride") ?? 0, part.OneOf("direction", SequenceSide.Right));
    }

    private static JsonObject Write(Truncation truncation) => new()
    {
        ["direction"] = truncation.Direction.ToString(),
        ["max_length"] = truncation.MaxLength,
        ["strategy"] = truncation.Strategy.ToString(),
        ["stride"] = truncation.Stride,
    };

    private static Padding Padding(JsonPart part)
    {
        part.Only("strategy", "direction", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token");
        var strategy = part.Part("strategy");
        if (strategy.Value.ValueKind == JsonValueKind.String && strategy.AsText() != "BatchLongest")
            throw strategy.Fault($"is \"{strategy.AsText()}\"; there are BatchLongest and {{\"Fixed\": length}}");
        return new(part.Number("pad_id"), part.Text("pad_token"))
        {
            Length = strategy.Value.ValueKind == JsonValueKind.String ? null : strategy.Only("Fixed").Number("Fixed"),
            MultipleOf = part.NumberOrNull("pad_to_multiple_of"),
            TypeId = part.NumberOrNull("pad_type_id") ?? 0,
            Direction = part.OneOf("direction", SequenceSide.Right),
        };
    }

    private static JsonObject Write(Padding padding) => new()
    {
        ["strategy"] = padding.Length is { } length ? new JsonObject { ["Fixed"] = length } : "BatchLongest",
        ["direction"] = padding.Direction.ToString(),
        ["pad_to_multiple_of"] = padding.MultipleOf,
        ["pad_id"] = padding.Id,
        ["pad_type_id"] = padding.TypeId,
        ["pad_token"] = padding.Token,
    };
}
