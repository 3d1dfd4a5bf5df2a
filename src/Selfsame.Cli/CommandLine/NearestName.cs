namespace Selfsame.Cli;

/// <summary>Finds the known name that a mistyped one is nearest to.</summary>
internal static class NearestName
{
    /// <summary>Nearest by edits (insert, delete, replace, swap neighbours).</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">What there is; the first of equally near ones wins.</param>
    /// <returns>Null where nothing is within a third of the typed length, at least one edit.</returns>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = Math.Max(1, typed.TrimStart('-').Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(typed, name);
            if (distance < least)
                (nearest, least) = (name, distance);
        }

        return nearest;
    }

    private static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            cost[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
