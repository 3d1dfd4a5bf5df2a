using System.Text.Json.Nodes;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Text.Models;

/// <summary>WordPiece: the longest token that fits from the left, again and again; a word with a part that does not fit is unknown as a whole.</summary>
/// <remarks>Wu et al. 2016, https://arxiv.org/abs/1609.08144, section 4.1, as in BERT's official code.</remarks>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly string _unknown, _prefix;
    private readonly int _longestWord, _unknownId;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="unknown">Stands for a word that does not fit.</param>
    /// <param name="prefix">Stands before a token inside a word.</param>
    /// <param name="longestWord">Code points of the longest word that is tried.</param>
    /// <exception cref="FormatException">The unknown token is not in the vocabulary.</exception>
    public WordPieceModel(Vocabulary vocabulary, string unknown, string prefix, int longestWord)
    {
        (Vocabulary, _unknown, _prefix, _longestWord) = (vocabulary, unknown, prefix, longestWord);
        _unknownId = vocabulary.IdOf(unknown);
        if (_unknownId < 0)
            throw new FormatException($"the unknown token, '{unknown}', is not in the vocabulary");
    }

    public Vocabulary Vocabulary { get; }

    public void Encode(ReadOnlySpan<int> piece, List<PieceToken> tokens, IDraws? draws)
    {
        var before = tokens.Count;
        var text = piece.Length <= _longestWord ? PieceText.Of(piece) : null;
        Span<char> buffer = stackalloc char[256];
        if (_prefix.Length + Vocabulary.LongestToken + 2 > buffer.Length)
            buffer = new char[_prefix.Length + Vocabulary.LongestToken + 2];
        _prefix.CopyTo(buffer);
        for (var start = 0; start < piece.Length;)
        {
            var (end, id) = text is null ? (start, -1) : Longest(text, start, piece.Length, buffer);
            if (id < 0)
            {
                tokens.RemoveRange(before, tokens.Count - before);
                tokens.Add(new(_unknownId, 0, piece.Length));
                return;
            }

            tokens.Add(new(id, start, end));
            start = end;
        }
    }

    public JsonObject Write() => new()
    {
        ["type"] = "WordPiece",
        ["unk_token"] = _unknown,
        ["continuing_subword_prefix"] = _prefix,
        ["max_input_chars_per_word"] = _longestWord,
        ["vocab"] = Vocabulary.Write(),
    };

    private (int End, int Id) Longest(PieceText text, int start, int length, Span<char> buffer)
    {
        var prefix = start > 0 ? _prefix.Length : 0;
        for (var end = Math.Min(length, start + Vocabulary.LongestToken); end > start; end--)
        {
            var part = text.Between(start, end);
            if (part.Length + prefix > Vocabulary.LongestToken)
                continue;
            if (prefix > 0)
                part.CopyTo(buffer[prefix..]);
            if (Vocabulary.Spans.TryGetValue(prefix > 0 ? buffer[..(prefix + part.Length)] : part, out var id))
                return (end, id);
        }

        return (start, -1);
    }
}

/// <summary>A token for each whole piece.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="unknown">Stands for a piece that is not in the vocabulary.</param>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknown) : ITokenModel
{
    private readonly int _unknown = vocabulary.IdOf(unknown);

    public Vocabulary Vocabulary => vocabulary;

    public void Encode(ReadOnlySpan<int> piece, List<PieceToken> tokens, IDraws? draws)
    {
        var id = vocabulary.Spans.TryGetValue(PieceText.Of(piece).All, out var known) ? known : _unknown;
        if (id >= 0)
            tokens.Add(new(id, 0, piece.Length));
    }

    public JsonObject Write() => new() { ["type"] = "WordLevel", ["vocab"] = vocabulary.Write(), ["unk_token"] = unknown };
}
