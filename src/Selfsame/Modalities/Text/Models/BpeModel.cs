using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Text.Models;

/// <summary>How a BPE model treats what is not in its vocabulary, and its symbols.</summary>
internal sealed record BpeOptions
{
    /// <summary>Chance that a merge is passed over, 0 to 1; null for none. Provilkov et al. 2019, https://arxiv.org/abs/1910.13267.</summary>
    public double? Dropout { get; init; }

    /// <summary>Stands for a character that is not in the vocabulary; null drops such a character.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Put in front of every symbol of a piece but the first, for instance <c>##</c>.</summary>
    public string? ContinuingSubwordPrefix { get; init; }

    /// <summary>Put behind the last symbol of a piece, for instance <c>&lt;/w&gt;</c>.</summary>
    public string? EndOfWordSuffix { get; init; }

    /// <summary>Unknown characters next to each other become one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>An unknown character becomes a token for each of its bytes, where all of them are in the vocabulary.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A piece that is in the vocabulary is taken whole.</summary>
    public bool IgnoreMerges { get; init; }
}

/// <summary>Byte-pair encoding: symbols of a piece are merged in the order in which the merges were learned.</summary>
/// <remarks>Sennrich et al. 2016, https://arxiv.org/abs/1508.07909, section 3.2. Time is n log n in the length of a piece; pieces met before are looked up.</remarks>
internal sealed class BpeModel : ITokenModel
{
    private const int CachedPieces = 1 << 16, LongestCached = 256;

    private readonly BpeOptions _options;
    private readonly IReadOnlyList<(string Left, string Right)> _merges;
    private readonly Dictionary<long, (int Rank, int Id)> _ranks;
    private readonly int[] _byteTokens;
    private readonly int _unknown;
    private readonly ConcurrentDictionary<string, PieceToken[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PieceToken[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private int _room = CachedPieces;   // counted here: asking the dictionary takes all its locks

    /// <summary>Makes a model.</summary>
    /// <exception cref="FormatException">A merge, or the unknown token, is not in the vocabulary.</exception>
    public BpeModel(Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges, BpeOptions options)
    {
        (Vocabulary, _merges, _options) = (vocabulary, merges, options);
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        _byteTokens = vocabulary.ByteTokens();
        _unknown = options.UnknownToken is { } unknown ? Required(unknown, "the unknown token") : -1;
        _ranks = new(merges.Count);
        var prefix = options.ContinuingSubwordPrefix ?? "";
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            var rest = right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right;
            _ranks[BpeWord.Key(Required(left, "a part of a merge"), Required(right, "a part of a merge"))] = (rank, Required(left + rest, "the outcome of a merge"));
        }
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>What it does beside merging.</summary>
    public BpeOptions Options => _options;

    /// <summary>The same merges with another chance that one is passed over.</summary>
    public BpeModel WithDropout(double chance) => new(Vocabulary, _merges, _options with { Dropout = chance });

    public void Encode(ReadOnlySpan<int> piece, List<PieceToken> tokens, IDraws? draws)
    {
        if (piece.IsEmpty)
            return;
        var text = PieceText.Of(piece);
        var chance = _options.Dropout is > 0 && draws is not null ? _options.Dropout.Value : 0;
        if (chance > 0)
        {
            Merge(piece, text, tokens, chance, draws);
            return;
        }

        var whole = text.All;
        if (_options.IgnoreMerges && Vocabulary.Spans.TryGetValue(whole, out var id))
        {
            tokens.Add(new(id, 0, piece.Length));
            return;
        }

        if (whole.Length > LongestCached)
        {
            Merge(piece, text, tokens, 0, null);
            return;
        }

        if (!_cached.TryGetValue(whole, out var known))
        {
            var key = whole.ToString();
            var made = new List<PieceToken>();
            Merge(piece, text, made, 0, null);
            known = [.. made];
            if (Volatile.Read(ref _room) > 0 && _cache.TryAdd(key, known))
                Interlocked.Decrement(ref _room);
        }

        tokens.AddRange(known.AsSpan());
    }

    public JsonObject Write() => new()
    {
        ["type"] = "BPE",
        ["dropout"] = _options.Dropout,
        ["unk_token"] = _options.UnknownToken,
        ["continuing_subword_prefix"] = _options.ContinuingSubwordPrefix,
        ["end_of_word_suffix"] = _options.EndOfWordSuffix,
        ["fuse_unk"] = _options.FuseUnknown,
        ["byte_fallback"] = _options.ByteFallback,
        ["ignore_merges"] = _options.IgnoreMerges,
        ["vocab"] = Vocabulary.Write(),
        ["merges"] = new JsonArray([.. _merges.Select(merge => new JsonArray(merge.Left, merge.Right))]),
    };

    private void Merge(ReadOnlySpan<int> piece, PieceText text, List<PieceToken> tokens, double chance, IDraws? draws)
    {
        var word = BpeWord.Rent(piece.Length);
        var lastUnknown = false;
        for (var i = 0; i < piece.Length; i++)
        {
            var id = IdOf(text, i, piece.Length);
            if (id >= 0)
                word.Add(id, i, i + 1);
            else if (_options.ByteFallback && AddBytes(word, piece[i], i))
            {
            }
            else if (_unknown >= 0)
            {
                if (lastUnknown && _options.FuseUnknown)
                    word.Lengthen(i + 1);
                else
                    word.Add(_unknown, i, i + 1);
                lastUnknown = true;
                continue;
            }

            lastUnknown = false;
        }

        word.MergeAll(_ranks, chance, draws);
        word.CopyTo(tokens);
    }

    private int IdOf(PieceText text, int at, int length)
    {
        var symbol = text.Between(at, at + 1);
        var prefix = at > 0 ? _options.ContinuingSubwordPrefix : null;
        var suffix = at == length - 1 ? _options.EndOfWordSuffix : null;
        var found = prefix is null && suffix is null
            ? Vocabulary.Spans.TryGetValue(symbol, out var id)
            : Vocabulary.Spans.TryGetValue($"{prefix}{symbol}{suffix}", out id);
        return found ? id : -1;
    }

    private bool AddBytes(BpeWord word, int point, int at)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..new Rune(point).EncodeToUtf8(bytes)];
        foreach (var value in bytes)
        {
            if (_byteTokens[value] < 0)
                return false;
        }

        foreach (var value in bytes)
            word.Add(_byteTokens[value], at, at + 1);
        return true;
    }

    private int Required(string token, string what)
    {
        var id = Vocabulary.IdOf(token);
        return id >= 0 ? id : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{what}, '{token}', is not in the vocabulary"));
    }
}
