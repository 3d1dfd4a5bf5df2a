using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.PreTokenizers;

/// <summary>Cuts at whitespace, which is dropped.</summary>
internal sealed class WhitespaceSplitPreTokenizer : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces) => Delimiters.Cut(text, Points.IsWhitespace, DelimiterBehavior.Removed, pieces);

    public JsonObject Write() => new() { ["type"] = "WhitespaceSplit" };
}

/// <summary>Cuts at whitespace, which is dropped, and makes every sign of punctuation a piece.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces)
    {
        var words = new List<AlignedText>();
        Delimiters.Cut(text, Points.IsWhitespace, DelimiterBehavior.Removed, words);
        foreach (var word in words)
            Delimiters.Cut(word, Points.IsPunctuation, DelimiterBehavior.Isolated, pieces);
    }

    public JsonObject Write() => new() { ["type"] = "BertPreTokenizer" };
}

/// <summary>Cuts at punctuation.</summary>
internal sealed class PunctuationPreTokenizer(DelimiterBehavior behavior) : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces) => Delimiters.Cut(text, Points.IsPunctuation, behavior, pieces);

    public JsonObject Write() => new() { ["type"] = "Punctuation", ["behavior"] = behavior.ToString() };
}

/// <summary>Cuts numbers from the rest, digit by digit or as runs.</summary>
internal sealed class DigitsPreTokenizer(bool individual) : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces) =>
        Delimiters.Cut(text, Points.IsNumber, individual ? DelimiterBehavior.Isolated : DelimiterBehavior.Contiguous, pieces);

    public JsonObject Write() => new() { ["type"] = "Digits", ["individual_digits"] = individual };
}

/// <summary>Cuts at one character, which is dropped.</summary>
internal sealed class DelimiterPreTokenizer(int delimiter) : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces) => Delimiters.Cut(text, point => point == delimiter, DelimiterBehavior.Removed, pieces);

    public JsonObject Write() => new() { ["type"] = "CharDelimiterSplit", ["delimiter"] = char.ConvertFromUtf32(delimiter) };
}

/// <summary>Cuts after every so many code points.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : IPreTokenizer
{
    public void Cut(AlignedText text, List<AlignedText> pieces)
    {
        for (var at = 0; at < text.Length; at += length)
            pieces.Add(text.Slice(at, Math.Min(length, text.Length - at)));
    }

    public JsonObject Write() => new() { ["type"] = "FixedLength", ["length"] = length };
}
