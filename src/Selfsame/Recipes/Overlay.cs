namespace Selfsame.Recipes;

/// <summary>Lays single values over a recipe, before it is bound, so that they are checked like everything else.</summary>
internal static class Overlay
{
    private const string Prefix = "SELFSAME_";

    /// <summary>The recipe with every override in place, later ones last.</summary>
    public static MapNode Apply(MapNode root, IEnumerable<Override> overrides, List<RecipeFault> faults)
    {
        foreach (var item in overrides)
            root = Apply(root, item, new(OriginKind.Flag, Shown(item.Written)), faults);
        return root;
    }

    /// <summary>The recipe with the environment's values in place.</summary>
    /// <remarks>
    /// A variable with our prefix is a setting, one of <see cref="ProgramVariables"/>, or a typing error and refused: a setting that silently has no effect
    /// costs a run.
    /// </remarks>
    public static MapNode Apply(MapNode root, IReadOnlyDictionary<string, string> environment, SettingsShape shape, List<RecipeFault> faults)
    {
        var keys = shape.Settings.Select(s => s.Key).ToList();
        foreach (var (name, value) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var path = name[Prefix.Length..].ToLowerInvariant().Split("__");
            var origin = new ValueOrigin(OriginKind.Environment, Shown($"{name}={value}"));
            if (keys.Contains(path[0]))
                root = Apply(root, new(origin.Name, string.Join('.', path), value), origin, faults);
            else if (!ProgramVariables.Contains(name))
                faults.Add(new(origin, path[0], $"is not a setting of a recipe.{Hint(name, path[0], keys)} Settings: {string.Join(", ", keys.Order(StringComparer.Ordinal))}"));
        }
        return root;
    }

    // Whichever is nearer: a setting, or a variable of the program.
    private static string Hint(string name, string word, IReadOnlyList<string> keys) =>
        Names.Nearest(word, keys) is { } key ? $" Did you mean {key}?"
            : Names.Nearest(name[Prefix.Length..], ProgramVariables.All.Keys.Select(k => k[Prefix.Length..])) is { } near ? $" Did you mean {Prefix}{near}?"
            : "";

    private static MapNode Apply(MapNode root, Override item, ValueOrigin origin, List<RecipeFault> faults)
    {
        var path = item.Key.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        if (item.Value is null || path.Any(p => p.Length == 0))
        {
            faults.Add(new(origin, "", "This is not key=value, such as data.workers=4"));
            return root;
        }
        var value = item.Verbatim
            ? new ScalarNode(origin, item.Value, plain: false)
            : YamlReader.Read(item.Value, item.Key, _ => origin, faults);
        return value is null ? root : (MapNode)Put(root, path, 0, value, faults);
    }

    /// <summary>One line of bearable length.</summary>
    private static string Shown(string written)
    {
        var line = written.ReplaceLineEndings(" ");
        return line.Length > 100 ? line[..100] + "…" : line;
    }

    private static Node Put(Node? at, string[] path, int depth, Node value, List<RecipeFault> faults)
    {
        if (depth == path.Length)
            return value;
        if (at is ListNode list)
        {
            if (int.TryParse(path[depth], out var index) && index >= 0 && index < list.Items.Count)
                return list.With(index, Put(list.Items[index], path, depth + 1, value, faults));
            var count = list.Items.Count == 1 ? "1 entry" : $"{list.Items.Count} entries";
            faults.Add(new(value.Origin, string.Join('.', path[..depth]), $"has {count}, numbered from 0; there is no {path[depth]}"));
            return list;
        }
        var map = at as MapNode ?? new MapNode(value.Origin, []);
        var old = map.Find(path[depth]);
        var inner = Put(old?.Value, path, depth + 1, value, faults);
        var keyOrigin = depth < path.Length - 1 && old is { Value: MapNode or ListNode } ? old.Origin : value.Origin;
        return map.With(new(path[depth], keyOrigin, inner));
    }
}
