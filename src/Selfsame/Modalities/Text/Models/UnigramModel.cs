using System.Text;
using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Text.Models;

/// <summary>Unigram language model: of all ways to cut a piece, the one whose tokens have the highest sum of log-probabilities (Viterbi).</summary>
/// <remarks>
/// Kudo 2018, https://arxiv.org/abs/1804.10959, section 3.2. A character that no token covers alone may be unknown, at the lowest score less 10;
/// unknown characters next to each other become one token. Time is linear in the length of a piece.
/// </remarks>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;

    private readonly IReadOnlyList<(string Token, double Score)> _pieces;
    private readonly PointTrie _trie = new();
    private readonly int[] _byteTokens;
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly bool _byteFallback;

    /// <summary>Makes a model.</summary>
    /// <param name="pieces">Tokens with their log-probabilities, by number.</param>
    /// <param name="unknown">Number of the unknown token; null for none.</param>
    /// <param name="byteFallback">What is unknown becomes a token for each of its bytes, where all of them are in the vocabulary.</param>
    /// <exception cref="FormatException">There are no pieces, or the unknown token is none of them.</exception>
    public UnigramModel(IReadOnlyList<(string Token, double Score)> pieces, int? unknown, bool byteFallback)
    {
        if (pieces.Count == 0 || unknown >= pieces.Count || unknown < 0)
            throw new FormatException(FormattableString.Invariant($"unk_id is {unknown} with {pieces.Count} pieces"));
        (_pieces, _byteFallback, _unknown) = (pieces, byteFallback, unknown ?? -1);
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Count; id++)
        {
            first[pieces[id].Token] = id;
            if (pieces[id].Token.Length > 0)
                _trie.Add(Points.Of(pieces[id].Token), id);
        }

        Vocabulary = new(first);
        _byteTokens = Vocabulary.ByteTokens();
        _unknownScore = pieces.Min(piece => piece.Score) - UnknownPenalty;
    }

    public Vocabulary Vocabulary { get; }

    /// <exception cref="InvalidOperationException">Something is unknown, and there is no unknown token.</exception>
    public void Encode(ReadOnlySpan<int> piece, List<PieceToken> tokens, IDraws? draws)
    {
        var length = piece.Length;
        var best = new (double Score, int From, int Id)[length + 1];
        Array.Fill(best, (0, -1, -1));
        for (var start = 0; start < length; start++)
        {
            var (until, single) = (best[start].Score, false);
            var node = PointTrie.Root;
            for (var end = start; end < length && (node = _trie.Step(node, piece[end])) >= 0; end++)
            {
                if (_trie.Value(node) is >= 0 and var id)
                {
                    Offer(ref best[end + 1], until + _pieces[id].Score, start, id);
                    single |= end == start;
                }
            }

            if (!single)
                Offer(ref best[start + 1], until + _unknownScore, start, _unknown);
        }

        var from = tokens.Count;
        for (var end = length; end > 0;)
        {
            var (start, id) = (best[end].From, best[end].Id);
            while (id == _unknown && start > 0 && best[start].Id == _unknown)
                start = best[start].From;
            if (id == _unknown)
                AddUnknown(piece, start, end, tokens);
            else
                tokens.Add(new(id, start, end));
            end = start;
        }

        tokens.Reverse(from, tokens.Count - from);
    }

    public JsonObject Write() => new()
    {
        ["type"] = "Unigram",
        ["unk_id"] = _unknown < 0 ? null : _unknown,
        ["vocab"] = new JsonArray([.. _pieces.Select(piece => new JsonArray(piece.Token, piece.Score))]),
        ["byte_fallback"] = _byteFallback,
    };

    private static void Offer(ref (double Score, int From, int Id) best, double score, int from, int id)
    {
        if (best.From < 0 || score > best.Score)
            best = (score, from, id);
    }

    /// <summary>Adds the tokens of unknown code points, the last one first.</summary>
    private void AddUnknown(ReadOnlySpan<int> piece, int start, int end, List<PieceToken> tokens)
    {
        if (Vocabulary.IdOf(Points.ToText(piece[start..end])) is >= 0 and var known)
        {
            tokens.Add(new(known, start, end));
            return;
        }

        if (_byteFallback)
        {
            var bytes = Encoding.UTF8.GetBytes(Points.ToText(piece[start..end]));
            if (Array.TrueForAll(bytes, value => _byteTokens[value] >= 0))
            {
                for (var i = bytes.Length - 1; i >= 0; i--)
                    tokens.Add(new(_byteTokens[bytes[i]], start, end));
                return;
            }
        }

        if (_unknown < 0)
            throw new InvalidOperationException($"'{Points.ToText(piece[start..end])}' is not in the vocabulary, and the model has no unknown token; give it an unk_id");
        tokens.Add(new(_unknown, start, end));
    }
}
