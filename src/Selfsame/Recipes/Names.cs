using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Selfsame.Recipes;

/// <summary>Keys as recipes write them, and the nearest one to a mistyped key.</summary>
internal static class Names
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<(string Key, object Value)>> EnumKeys = new();

    /// <summary><c>MaskRatio</c> to <c>mask_ratio</c>, <c>QkNorm</c> to <c>qk_norm</c>; digits stay with what precedes them.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = char.IsUpper(name[i]) && i > 0
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <summary>The keys of an enum in declared order.</summary>
    public static IReadOnlyList<(string Key, object Value)> OfEnum(Type type) => EnumKeys.GetOrAdd(type, static t =>
        [.. t.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (f.GetCustomAttribute<KeyAttribute>()?.Name ?? Snake(f.Name), f.GetValue(null)!))]);

    public static string OfEnumValue(object value) => OfEnum(value.GetType()).First(e => e.Value.Equals(value)).Key;

    /// <summary>" Did you mean x?" when one candidate is near enough, else nothing.</summary>
    public static string Hint(string written, IEnumerable<string> candidates) =>
        Nearest(written, candidates) is { } near ? $" Did you mean {near}?" : "";

    /// <summary>The nearest candidate, if no more than a third of its letters differ.</summary>
    public static string? Nearest(string written, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(written, candidate);
            if (distance < bestDistance && distance <= Math.Max(1, Math.Max(written.Length, candidate.Length) / 3))
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Damerau-Levenshtein distance (restricted): insertions, deletions, substitutions and swaps of neighbours.</summary>
    public static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 16 || a.Length > 256)
            return int.MaxValue;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, d[i - 2, j - 2] + 1);
                d[i, j] = least;
            }
        }
        return d[a.Length, b.Length];
    }
}
