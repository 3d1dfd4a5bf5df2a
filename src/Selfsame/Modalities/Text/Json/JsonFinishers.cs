using Selfsame.Modalities.Text.Decoders;
using Selfsame.Modalities.Text.PostProcessors;

namespace Selfsame.Modalities.Text.Json;

/// <summary>Reads what happens to tokens behind the model, in both directions.</summary>
internal static class JsonFinishers
{
    /// <summary>A post-processor.</summary>
    /// <exception cref="Data.DataSourceException">Its kind, or a setting of it, is not known.</exception>
    public static IPostProcessor PostProcessor(JsonPart part)
    {
        switch (part.Kind)
        {
            case "ByteLevel":
                part.Only("add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPostProcessor(part.Flag("add_prefix_space", true), part.Flag("trim_offsets", true), part.Flag("use_regex", true));
            case "BertProcessing":
                part.Only("sep", "cls");
                return new BertPostProcessor(Mark(part.Part("sep")), Mark(part.Part("cls")));
            case "RobertaProcessing":
                part.Only("sep", "cls", "trim_offsets", "add_prefix_space");
                return new RobertaPostProcessor(Mark(part.Part("sep")), Mark(part.Part("cls")), part.Flag("trim_offsets", true), part.Flag("add_prefix_space", true));
            case "TemplateProcessing":
                part.Only("single", "pair", "special_tokens");
                return new TemplatePostProcessor(Template(part));
            case "Sequence":
                return new PostProcessorSequence([.. part.Only("processors").Items("processors").Select(PostProcessor)]);
            default:
                throw part.Part("type").Fault($"is \"{part.Kind}\", which is no post-processor; there are BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing");
        }
    }

    /// <summary>A decoder.</summary>
    /// <exception cref="Data.DataSourceException">Its kind, or a setting of it, is not known.</exception>
    public static IDecoder Decoder(JsonPart part)
    {
        switch (part.Kind)
        {
            case "ByteLevel":
                part.Only("add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder(part.Flag("add_prefix_space", true), part.Flag("trim_offsets", true), part.Flag("use_regex", true));
            case "WordPiece":
                part.Only("prefix", "cleanup");
                return new WordPieceDecoder(part.TextOrNull("prefix") ?? "##", part.Flag("cleanup", true));
            case "Metaspace":
                var (mark, scheme, split) = JsonCutters.Metaspace(part);
                return new MetaspaceDecoder(mark, scheme, split);
            case "BPEDecoder":
                return new BpeDecoder(part.Only("suffix").TextOrNull("suffix") ?? "</w>");
            case "ByteFallback":
                part.Only();
                return new ByteFallbackDecoder();
            case "Fuse":
                part.Only();
                return new FuseDecoder();
            case "Strip":
                part.Only("content", "start", "stop");
                return new StripDecoder(part.Point("content"), part.Number("start"), part.Number("stop"));
            case "Replace":
                part.Only("pattern", "content");
                return new ReplaceDecoder(part.Pattern("pattern"), part.Text("content"));
            case "CTC":
                part.Only("pad_token", "word_delimiter_token", "cleanup");
                return new CtcDecoder(part.Text("pad_token"), part.Text("word_delimiter_token"), part.Flag("cleanup", true));
            case "Sequence":
                return new DecoderSequence([.. part.Only("decoders").Items("decoders").Select(Decoder)]);
            default:
                throw part.Part("type").Fault($"is \"{part.Kind}\", which is no decoder; there are BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece");
        }
    }

    private static MarkToken Mark(JsonPart part)
    {
        var pair = part.AsList().ToArray();
        return pair.Length == 2 ? new(pair[0].AsText(), pair[1].AsNumber()) : throw part.Fault("is no pair of token and number");
    }

    private static Template Template(JsonPart part)
    {
        var special = new Dictionary<string, TemplateToken>(StringComparer.Ordinal);
        var list = part.Part("special_tokens");
        foreach (var name in list.Value.EnumerateObject().Select(entry => entry.Name))
        {
            var token = list.Part(name).Only("id", "ids", "tokens");
            special[name] = new([.. token.Items("ids").Select(id => id.AsNumber())], [.. token.Items("tokens").Select(text => text.AsText())]);
            if (special[name].Ids.Count != special[name].Tokens.Count)
                throw token.Fault("has not as many ids as tokens");
        }

        return new([.. part.Items("single").Select(Place)], [.. part.Items("pair").Select(Place)], special);

        TemplatePlace Place(JsonPart place)
        {
            place.Only("SpecialToken", "Sequence");
            if (place.Find("SpecialToken") is { } mark)
                return special.ContainsKey(mark.Text("id"))
                    ? new(-1, mark.Text("id"), mark.Number("type_id"))
                    : throw mark.Part("id").Fault($"is \"{mark.Text("id")}\", which is not among special_tokens");
            var text = place.Part("Sequence");
            return text.Text("id") switch
            {
                "A" => new(0, "", text.Number("type_id")),
                "B" => new(1, "", text.Number("type_id")),
                var other => throw text.Part("id").Fault($"is \"{other}\"; there are A and B"),
            };
        }
    }
}
