using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.Normalizers;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.PreTokenizers;

/// <summary>When a text gets a mark for a blank in front.</summary>
internal enum PrependScheme
{
    /// <summary>Before every stretch between special tokens.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,

    /// <summary>Only at the very start.</summary>
    First,
}

/// <summary>SentencePiece's blanks: each becomes a visible mark and starts a piece.</summary>
/// <remarks>Kudo and Richardson 2018, https://arxiv.org/abs/1808.06226, section 3.</remarks>
/// <param name="replacement">The mark, usually U+2581.</param>
/// <param name="scheme">When one is put in front; never a second one.</param>
/// <param name="split">Cut before each mark; else the text stays whole.</param>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    private readonly int _mark = char.ConvertToUtf32(replacement, 0);
    private readonly ReplaceNormalizer _replace = new(Pattern.Literal(" "), replacement);
    private readonly PrependNormalizer _prepend = new(replacement);

    public void Cut(AlignedText text, List<AlignedText> pieces)
    {
        if (text.Length == 0)
            return;
        text = _replace.Apply(text);
        if (text.Points[0] != _mark && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && text.Start(0) == 0)))
            text = _prepend.Apply(text);
        if (split)
            Delimiters.Cut(text, point => point == _mark, DelimiterBehavior.MergedWithNext, pieces);
        else
            pieces.Add(text);
    }

    public JsonObject Write() => new() { ["type"] = "Metaspace", ["replacement"] = replacement, ["prepend_scheme"] = scheme.ToString().ToLowerInvariant(), ["split"] = split };
}
