using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Trainers;

/// <summary>Learns a unigram vocabulary: starts with many substrings, fits their probabilities by expectation maximization, and drops those that are missed least.</summary>
/// <remarks>
/// Kudo 2018, https://arxiv.org/abs/1804.10959, section 3.2: two rounds of expectation maximization, then the 25 % of pieces whose loss is smallest go, until the vocabulary is small enough.
/// As in SentencePiece, the probabilities come from a Bayesian estimate (digamma), pieces expected less than half a time go, and all single characters stay.
/// </remarks>
internal sealed class UnigramTrainer
{
    private const int Rounds = 2;
    private const double Shrinking = 0.75, LeastExpected = 0.5, Spare = 1.1;

    /// <summary>Tokens to end with at most; more where there are more single characters.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>Code points of the longest piece.</summary>
    public int LongestPiece { get; init; } = 16;

    /// <summary>Substrings to start with.</summary>
    public int SeedSize { get; init; } = 1_000_000;

    /// <summary>Learns pieces with their log-probabilities, the most likely first; of equal ones, by code points.</summary>
    /// <param name="words">Words and how often each occurs, in a fixed order.</param>
    public IReadOnlyList<(string Token, double Score)> Train(IReadOnlyList<(int[] Points, long Count)> words)
    {
        var pieces = Seeds(words);
        var characters = pieces.Where(piece => piece.Points.Length == 1).ToArray();
        var wanted = (int)(VocabularySize * Spare);
        while (true)
        {
            for (var round = 0; round < Rounds; round++)
                pieces = Fit(pieces, words);
            if (pieces.Count <= wanted)
                break;
            var kept = Prune(pieces, words, wanted);
            if (kept.Count == pieces.Count)
                break;
            pieces = kept;
        }

        return Finish(pieces, characters);
    }

    private List<UnigramPiece> Seeds(IReadOnlyList<(int[] Points, long Count)> words)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (points, count) in words)
        {
            for (var start = 0; start < points.Length; start++)
            {
                for (var end = start + 1; end <= points.Length && end - start <= LongestPiece; end++)
                {
                    var text = Points.ToText(points.AsSpan(start, end - start));
                    counts[text] = counts.GetValueOrDefault(text) + count;
                }
            }
        }

        var seeds = counts.Select(entry => (Points: Points.Of(entry.Key), Count: entry.Value)).ToList();
        // A piece that always goes on in the same way says nothing that the longer one does not.
        var open = new HashSet<string>(seeds.Where(seed => seed.Points.Length > 1 && counts[Points.ToText(seed.Points.AsSpan(..^1))] == seed.Count)
            .Select(seed => Points.ToText(seed.Points.AsSpan(..^1))), StringComparer.Ordinal);
        var characters = seeds.Where(seed => seed.Points.Length == 1);
        var longer = seeds.Where(seed => seed.Points.Length > 1 && seed.Count > 1 && !open.Contains(Points.ToText(seed.Points)))
            .OrderByDescending(seed => seed.Count * seed.Points.Length).ThenBy(seed => Points.ToText(seed.Points), StringComparer.Ordinal).Take(SeedSize);
        var all = characters.OrderBy(seed => seed.Points[0]).Concat(longer).ToList();
        var total = Math.Log(all.Sum(seed => (double)seed.Count * seed.Points.Length));
        return [.. all.Select(seed => new UnigramPiece(seed.Points, Math.Log((double)seed.Count * seed.Points.Length) - total))];
    }

    private static List<UnigramPiece> Fit(List<UnigramPiece> pieces, IReadOnlyList<(int[] Points, long Count)> words)
    {
        var (lattice, expected) = (new UnigramLattice(pieces), new double[pieces.Count]);
        foreach (var (points, count) in words)
            lattice.AddExpected(points, count, expected);
        var kept = Enumerable.Range(0, pieces.Count).Where(i => expected[i] >= LeastExpected).ToArray();
        var total = Digamma(kept.Sum(i => expected[i]));
        return [.. kept.Select(i => pieces[i] with { Score = Digamma(expected[i]) - total })];
    }

    private static List<UnigramPiece> Prune(List<UnigramPiece> pieces, IReadOnlyList<(int[] Points, long Count)> words, int wanted)
    {
        var lattice = new UnigramLattice(pieces);
        var used = new double[pieces.Count];
        foreach (var (points, count) in words)
        {
            foreach (var id in lattice.Best(points, without: -1).Ids)
            {
                if (id >= 0)
                    used[id] += count;
            }
        }

        var total = used.Sum();
        var (kept, rated) = (new HashSet<int>(), new List<(int Id, double Loss)>());
        for (var id = 0; id < pieces.Count; id++)
        {
            if (pieces[id].Points.Length == 1)
            {
                kept.Add(id);
                continue;
            }

            var (alternative, score) = lattice.Best(pieces[id].Points, without: id);
            if (used[id] == 0 || score > pieces[id].Score)
                continue;
            // How much less likely the words become when the piece is cut into others, whose counts it adds to.
            var now = Math.Log(used[id]) - Math.Log(total);
            var parts = Math.Log(total + (used[id] * (alternative.Count - 1)));
            var then = alternative.Sum(part => part < 0 ? score : Math.Log(used[part] + used[id]) - parts);
            rated.Add((id, used[id] / total * (now - then)));
        }

        var room = Math.Max(wanted, (int)(pieces.Count * Shrinking)) - kept.Count;
        kept.UnionWith(rated.OrderByDescending(rating => rating.Loss).ThenBy(rating => rating.Id).Take(Math.Max(0, room)).Select(rating => rating.Id));
        return [.. Enumerable.Range(0, pieces.Count).Where(kept.Contains).Select(id => pieces[id])];
    }

    private List<(string, double)> Finish(List<UnigramPiece> pieces, UnigramPiece[] characters)
    {
        var known = pieces.ToDictionary(piece => Points.ToText(piece.Points), piece => piece.Score, StringComparer.Ordinal);
        var least = pieces.Select(piece => piece.Score).DefaultIfEmpty().Min();
        var result = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (points, i) in characters.Select((piece, i) => (piece.Points, i)))
            result[Points.ToText(points)] = known.TryGetValue(Points.ToText(points), out var score) ? score : least - (i * 1e-4);
        foreach (var (text, score) in known.Where(entry => !result.ContainsKey(entry.Key)).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(Math.Max(0, VocabularySize - result.Count)).ToArray())
            result[text] = score;
        return [.. result.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))];
    }

    /// <summary>Derivative of the logarithm of the gamma function: recurrence up to 7, then the asymptotic series.</summary>
    private static double Digamma(double x)
    {
        var result = 0.0;
        for (; x < 7; x++)
            result -= 1 / x;
        x -= 0.5;
        var (inverse2, inverse4) = (1 / (x * x), 1 / (x * x * x * x));
        return result + Math.Log(x) + (inverse2 / 24) - (7.0 / 960 * inverse4) + (31.0 / 8064 * inverse4 * inverse2) - (127.0 / 30720 * inverse4 * inverse4);
    }
}

/// <summary>A piece of a unigram vocabulary in training.</summary>
/// <param name="Points">Its code points.</param>
/// <param name="Score">Its log-probability.</param>
internal sealed record UnigramPiece(int[] Points, double Score);
