using System.Text;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Models;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text;

/// <summary>CLIP's tokenizer: lower-cased byte-level BPE with a mark at the end of each word. Safe from any thread.</summary>
/// <remarks>
/// Radford et al. 2021, https://arxiv.org/abs/2103.00020, section 2.4, as in <c>simple_tokenizer.py</c> of the official code, without its optional repair of mis-decoded text (ftfy).
/// Numbers: the 256 characters of bytes in table order, the same with <c>&lt;/w&gt;</c>, a token for each merge, start and end.
/// </remarks>
public sealed class ClipTokenizer : ITokenizer
{
    /// <summary>The pieces of a text, case ignored, as the official code has them.</summary>
    public const string OfficialPattern = @"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    private const string Start = "<|startoftext|>", End = "<|endoftext|>", WordEnd = "</w>";

    private readonly BpeModel _model;
    private readonly Pattern _pattern;
    private readonly int _start, _end;

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="merges">Merges in the order in which they were learned, each <c>left right</c>.</param>
    /// <param name="pattern">What the pieces are.</param>
    /// <exception cref="FormatException">A merge is no pair, or of parts that are no tokens.</exception>
    public ClipTokenizer(IReadOnlyList<string> merges, string pattern = OfficialPattern)
    {
        ArgumentNullException.ThrowIfNull(merges);
        var pairs = merges.Select(merge => merge.Split(' ') is [var left, var right] ? (left, right) : throw new FormatException($"the merge '{merge}' is no pair of tokens")).ToArray();
        var bytes = ByteAlphabet.InTableOrder().Select(character => character.ToString()).ToArray();
        string[] tokens = [.. bytes, .. bytes.Select(character => character + WordEnd), .. pairs.Select(pair => pair.left + pair.right), Start, End];
        _model = new(Vocabulary.Of(tokens), pairs, new BpeOptions { EndOfWordSuffix = WordEnd });
        _pattern = new(pattern, ignoreCase: true);
        (_start, _end) = (tokens.Length - 2, tokens.Length - 1);
    }

    /// <inheritdoc/>
    public int VocabularySize => _model.Vocabulary.Size;

    /// <inheritdoc/>
    /// <remarks>CLIP fills up with 0, which is also a letter; its model looks no further than the end token.</remarks>
    public SpecialTokens Special => new(Padding: 0, Begin: _start, End: _end, Mask: null);

    /// <summary>The text of a token; null for none.</summary>
    public string? TokenOf(int id) => _model.Vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        var points = Points.Of(ClipText.Clean(text));
        var (ids, tokens) = (new List<int>(), new List<PieceToken>());
        foreach (var (start, end) in _pattern.FindAll(points))
        {
            var piece = Points.ToText(points.AsSpan(start, end - start));
            if (piece is Start or End)
            {
                ids.Add(piece == Start ? _start : _end);
                continue;
            }

            tokens.Clear();
            _model.Encode(ByteAlphabet.Map(AlignedText.Of(piece)).Points, tokens, draws: null);
            ids.AddRange(tokens.Select(token => token.Id));
        }

        return [.. ids];
    }

    /// <summary>Tokens between start and end, filled up with 0. Of a text that is too long, the last token becomes the end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">Tokens in all, at least 2.</param>
    public int[] EncodePadded(string text, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        int[] ids = [_start, .. Encode(text), _end];
        if (ids.Length > length)
            ids[length - 1] = _end;
        Array.Resize(ref ids, length);
        return ids;
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokens) => Decode(tokens, skipSpecial: true);

    /// <summary>The text of tokens, a blank behind every word. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="tokens">Their numbers.</param>
    /// <param name="skipSpecial">Leave start and end out; else they are written as they are.</param>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecial)
    {
        var bytes = new List<byte>();
        foreach (var id in tokens)
        {
            if (skipSpecial && (id == _start || id == _end))
                continue;
            foreach (var character in TokenOf(id) ?? "")
                bytes.Add((byte)ByteAlphabet.ByteOf(character));
        }

        return Encoding.UTF8.GetString([.. bytes]).Replace(WordEnd, " ", StringComparison.Ordinal);
    }
}
