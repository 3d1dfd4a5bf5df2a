using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.Decoders;

/// <summary>Blanks where English does not have them, taken out.</summary>
internal static class EnglishBlanks
{
    private static readonly (string From, string To)[] s_rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Applies the rules of BERT's decoder to one token, in order.</summary>
    public static string Clean(string text)
    {
        foreach (var (from, to) in s_rules)
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}

/// <summary>Glues continuations to the token before; blanks between the others.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens) => [.. tokens.Select((token, i) =>
    {
        if (i > 0)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : $" {token}";
        return cleanup ? EnglishBlanks.Clean(token) : token;
    })];

    public JsonObject Write() => new() { ["type"] = "WordPiece", ["prefix"] = prefix, ["cleanup"] = cleanup };
}

/// <summary>A suffix that ends words becomes a blank; behind the last token it is dropped.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens) => suffix.Length == 0
        ? tokens
        : [.. tokens.Select((token, i) => token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];

    public JsonObject Write() => new() { ["type"] = "BPEDecoder", ["suffix"] = suffix };
}

/// <summary>SentencePiece's marks back to blanks; those of the first token are dropped where one was put in front.</summary>
internal sealed class MetaspaceDecoder(string replacement, PreTokenizers.PrependScheme scheme, bool split) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(replacement, i == 0 && scheme != PreTokenizers.PrependScheme.Never ? "" : " ", StringComparison.Ordinal))];

    public JsonObject Write() => new() { ["type"] = "Metaspace", ["replacement"] = replacement, ["prepend_scheme"] = scheme.ToString().ToLowerInvariant(), ["split"] = split };
}

/// <summary>Collapses the output of connectionist temporal classification: repeats and padding go, delimiters become blanks.</summary>
internal sealed class CtcDecoder(string padding, string delimiter, bool cleanup) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens)
    {
        var parts = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
                continue;
            var text = padding.Length == 0 ? tokens[i] : tokens[i].Replace(padding, "", StringComparison.Ordinal);
            if (cleanup)
                text = EnglishBlanks.Clean(text).Replace(delimiter, " ", StringComparison.Ordinal);
            if (text.Length > 0)
                parts.Add(text);
        }

        return parts;
    }

    public JsonObject Write() => new() { ["type"] = "CTC", ["pad_token"] = padding, ["word_delimiter_token"] = delimiter, ["cleanup"] = cleanup };
}
