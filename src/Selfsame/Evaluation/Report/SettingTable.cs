using Selfsame.Recipes;

namespace Selfsame.Evaluation.Report;

/// <summary>One setting of a run.</summary>
/// <param name="Key">Full key, such as <c>optimizer.rate</c>.</param>
/// <param name="Value">Its value, as YAML writes it.</param>
/// <param name="Kind">Who gave it.</param>
/// <param name="Source">Where: file and line, variable or flag as typed.</param>
internal sealed record SettingRow(string Key, string Value, OriginKind Kind, string Source);

/// <summary>Every setting of a resolved recipe with its value and where that came from.</summary>
internal static class SettingTable
{
    /// <summary>The rows, in the order of the recipe; empty when the text isn't a recipe.</summary>
    /// <param name="recipe">The resolved recipe.</param>
    /// <param name="origins">Origin of every key that isn't a default, see <see cref="Training.RunFolder.OriginsPath"/>.</param>
    internal static IReadOnlyList<SettingRow> Of(string recipe, IReadOnlyList<KeyValuePair<string, string>> origins)
    {
        var faults = new List<RecipeFault>();
        if (YamlReader.Read(recipe, "", line => new ValueOrigin(OriginKind.Recipe, "recipe.yaml", line), faults) is not MapNode map || faults.Count > 0)
            return [];
        var known = new Dictionary<string, string>();
        foreach (var (key, origin) in origins)
            known[key] = origin;
        var rows = new List<SettingRow>();
        Add(map, "", known, null, rows);
        return rows;
    }

    // A block given as a whole, such as a list of views, hands its origin down.
    private static void Add(Node node, string key, Dictionary<string, string> origins, string? above, List<SettingRow> rows)
    {
        var origin = origins.GetValueOrDefault(key) ?? above;
        switch (node)
        {
            case MapNode { Entries.Count: > 0 } map:
                foreach (var entry in map.Entries)
                    Add(entry.Value, YamlReader.Join(key, entry.Key), origins, origin, rows);
                break;
            case ListNode list when list.Items.Any(item => item is MapNode):
                for (var i = 0; i < list.Items.Count; i++)
                    Add(list.Items[i], $"{key}[{i}]", origins, origin, rows);
                break;
            default:
                rows.Add(new SettingRow(key, Text(node), KindOf(origin), origin ?? "default"));
                break;
        }
    }

    private static OriginKind KindOf(string? origin) => origin switch
    {
        null or "default" => OriginKind.Default,
        _ when origin.StartsWith('-') => OriginKind.Flag,
        _ when origin.StartsWith("SELFSAME_", StringComparison.Ordinal) => OriginKind.Environment,
        _ => OriginKind.Recipe,
    };

    private static string Text(Node node) => node switch
    {
        ScalarNode { IsNull: true } => "none",
        ScalarNode scalar => scalar.Text,
        ListNode list => $"[{string.Join(", ", list.Items.Select(Text))}]",
        _ => "{}",
    };
}
