using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Trainers;

/// <summary>What a BPE trainer learned.</summary>
/// <param name="Tokens">Tokens by number: special ones, the alphabet by code point, then one for each merge.</param>
/// <param name="Merges">Merges in the order in which they were learned.</param>
/// <param name="Counts">How often each merge's pair occurred when it was merged.</param>
internal sealed record LearnedMerges(IReadOnlyList<string> Tokens, IReadOnlyList<(string Left, string Right)> Merges, IReadOnlyList<long> Counts);

/// <summary>Learns BPE merges: again and again the most frequent pair of neighbours, of equal ones that with the smaller numbers.</summary>
/// <remarks>
/// Sennrich et al. 2016, https://arxiv.org/abs/1508.07909, algorithm 1; ties as Hugging Face's trainer breaks them. Only words that hold the pair are touched, and counts are looked at again when
/// a pair comes up, so time grows with the number of changes rather than with merges times words.
/// </remarks>
internal sealed class BpeTrainer
{
    /// <summary>Tokens to end with at most, the special ones and the alphabet included.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>Pairs that occur less often are not merged.</summary>
    public long MinFrequency { get; init; }

    /// <summary>Tokens that come first and are no text.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Characters that are in the alphabet whether they occur or not.</summary>
    public IEnumerable<int> InitialAlphabet { get; init; } = [];

    /// <summary>Most characters of the alphabet, the most frequent ones; null for all.</summary>
    public int? LimitAlphabet { get; init; }

    /// <summary>Stands before a symbol inside a word; null for none.</summary>
    public string? ContinuingSubwordPrefix { get; init; }

    /// <summary>Stands behind the last symbol of a word; null for none.</summary>
    public string? EndOfWordSuffix { get; init; }

    /// <summary>Learns merges.</summary>
    /// <param name="words">Words and how often each occurs, in a fixed order.</param>
    public LearnedMerges Train(IReadOnlyList<(int[] Points, long Count)> words)
    {
        var tokens = new TokenList(SpecialTokens);
        foreach (var point in Alphabet(words))
            tokens.Add(Points.ToText([point]));
        var symbols = words.Select(word => Symbols(word.Points, tokens)).ToArray();
        var pairs = new PairCounts(symbols, [.. words.Select(word => word.Count)]);
        var (merges, counts) = (new List<(string, string)>(), new List<long>());
        while (tokens.Count < VocabularySize && pairs.TakeBest() is ({ } pair, var count) && count >= Math.Max(1, MinFrequency))
        {
            var (left, right) = (tokens[pair.Left], tokens[pair.Right]);
            var rest = ContinuingSubwordPrefix is { } prefix && right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right;
            merges.Add((left, right));
            counts.Add(count);
            pairs.Merge(pair.Left, pair.Right, tokens.Add(left + rest));
        }

        return new(tokens.All, merges, counts);
    }

    private IEnumerable<int> Alphabet(IReadOnlyList<(int[] Points, long Count)> words)
    {
        var counts = new Dictionary<int, long>();
        foreach (var (points, count) in words)
        {
            foreach (var point in points)
                counts[point] = counts.GetValueOrDefault(point) + count;
        }

        foreach (var point in InitialAlphabet)
            counts[point] = long.MaxValue;
        return counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(LimitAlphabet ?? int.MaxValue).Select(entry => entry.Key).Order();
    }

    /// <summary>A word as numbers; what is not in the alphabet is left out.</summary>
    private List<int> Symbols(int[] points, TokenList tokens)
    {
        var symbols = new List<int>(points.Length);
        for (var i = 0; i < points.Length; i++)
        {
            var symbol = Points.ToText([points[i]]);
            if (tokens.Has(symbol))
                symbols.Add(tokens.Add($"{(i > 0 ? ContinuingSubwordPrefix : null)}{symbol}{(i == points.Length - 1 ? EndOfWordSuffix : null)}"));
        }

        return symbols;
    }

    /// <summary>Tokens by number, each once.</summary>
    private sealed class TokenList
    {
        private readonly List<string> _tokens = [];
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

        public TokenList(IEnumerable<string> first)
        {
            foreach (var token in first)
                Add(token);
        }

        public int Count => _tokens.Count;

        public IReadOnlyList<string> All => _tokens;

        public string this[int id] => _tokens[id];

        public bool Has(string token) => _ids.ContainsKey(token);

        public int Add(string token)
        {
            if (_ids.TryAdd(token, _tokens.Count))
                _tokens.Add(token);
            return _ids[token];
        }
    }
}
