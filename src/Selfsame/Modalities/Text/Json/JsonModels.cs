using System.Text.Json;
using Selfsame.Modalities.Text.Models;

namespace Selfsame.Modalities.Text.Json;

/// <summary>Reads the model of a <c>tokenizer.json</c>.</summary>
internal static class JsonModels
{
    /// <summary>A model.</summary>
    /// <exception cref="Data.DataSourceException">Its kind, or a setting of it, is not known, or its parts do not fit each other.</exception>
    public static ITokenModel Model(JsonPart part)
    {
        var kind = part.TextOrNull("type") ?? Guess(part);
        try
        {
            return kind switch
            {
                "BPE" => Bpe(part),
                "WordPiece" => WordPiece(part),
                "Unigram" => Unigram(part),
                "WordLevel" => new WordLevelModel(Vocabulary(part.Only("vocab", "unk_token")), part.Text("unk_token")),
                _ => throw part.Part("type").Fault($"is \"{kind}\", which is no model; there are BPE, Unigram, WordLevel, WordPiece"),
            };
        }
        catch (FormatException problem)
        {
            throw part.Fault($"does not fit together: {problem.Message}");
        }
    }

    /// <summary>Old files do not say.</summary>
    private static string Guess(JsonPart part) => part.Find("merges") is not null ? "BPE"
        : part.Part("vocab").Value.ValueKind == JsonValueKind.Array ? "Unigram"
        : part.Find("continuing_subword_prefix") is not null ? "WordPiece"
        : "WordLevel";

    private static BpeModel Bpe(JsonPart part)
    {
        part.Only("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        var dropout = part.Find("dropout")?.AsDouble();
        if (dropout is not (null or >= 0 and <= 1))
            throw part.Part("dropout").Fault("is a chance, so it lies between 0 and 1");
        return new BpeModel(Vocabulary(part), [.. part.Items("merges").Select(Merge)], new BpeOptions
        {
            Dropout = dropout,
            UnknownToken = part.TextOrNull("unk_token"),
            ContinuingSubwordPrefix = part.TextOrNull("continuing_subword_prefix"),
            EndOfWordSuffix = part.TextOrNull("end_of_word_suffix"),
            FuseUnknown = part.Flag("fuse_unk", false),
            ByteFallback = part.Flag("byte_fallback", false),
            IgnoreMerges = part.Flag("ignore_merges", false),
        });
    }

    private static (string, string) Merge(JsonPart part)
    {
        var sides = part.Value.ValueKind == JsonValueKind.String ? part.AsText().Split(' ') : [.. part.AsList().Select(side => side.AsText())];
        return sides.Length == 2 ? (sides[0], sides[1]) : throw part.Fault("is no pair of tokens");
    }

    private static WordPieceModel WordPiece(JsonPart part)
    {
        part.Only("unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        return new(Vocabulary(part), part.TextOrNull("unk_token") ?? "[UNK]", part.TextOrNull("continuing_subword_prefix") ?? "##", part.NumberOrNull("max_input_chars_per_word") ?? 100);
    }

    private static UnigramModel Unigram(JsonPart part)
    {
        part.Only("unk_id", "vocab", "byte_fallback");
        var pieces = part.Items("vocab").Select(item =>
        {
            var entry = item.AsList().ToArray();
            return entry.Length == 2 ? (entry[0].AsText(), entry[1].AsDouble()) : throw item.Fault("is no pair of token and score");
        });
        return new([.. pieces], part.NumberOrNull("unk_id"), part.Flag("byte_fallback", false));
    }

    private static Vocabulary Vocabulary(JsonPart part)
    {
        var vocabulary = part.Part("vocab");
        if (vocabulary.Value.ValueKind != JsonValueKind.Object)
            throw vocabulary.Fault("is not an object of token and number");
        return new(vocabulary.Value.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, new JsonPart(entry.Value, $"{vocabulary.Path}.{entry.Name}", vocabulary.File).AsNumber())));
    }
}
