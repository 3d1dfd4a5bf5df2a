namespace Selfsame.Recipes;

internal sealed partial class RecipeBinder
{
    private Bound Record(Type type, MapNode map, string path, string owner, bool hasKind, object? fallback)
    {
        var shape = SettingsShape.For(type);
        var fresh = fallback?.GetType() != type;
        var record = fresh ? Activator.CreateInstance(type)! : shape.Clone(fallback!);
        foreach (var entry in map.Entries)
            if (shape.Find(entry.Key) is null && !(hasKind && entry.Key == KindKey))
                ReportUnknown(entry, shape, path, owner);

        var clean = Choose(shape, map, path, record, out var excluded);
        foreach (var setting in shape.Settings)
        {
            var bound = excluded.Contains(setting.Key)
                ? new(null, Clean: true)
                : Property(setting, shape, map, path, fresh && setting.Required ? null : setting.Property.GetValue(record));
            clean &= bound.Clean;
            if (bound is { Clean: true } or { Value: not null })
                setting.Property.SetValue(record, bound.Value);
        }

        // A record with holes would be judged by defaults that nobody chose.
        if (clean && record is ICheckable checkable)
        {
            foreach (var problem in checkable.Check())
            {
                var full = problem.Key.Length == 0 ? path : YamlReader.Join(path, problem.Key);
                Report(PlaceOf(full, map.Origin), full, problem.Text);
                clean = false;
            }
        }
        return new(record, clean);
    }

    private Bound Property(Setting setting, SettingsShape shape, MapNode map, string path, object? fallback)
    {
        var full = YamlReader.Join(path, setting.Key);
        var entry = map.Find(setting.Key);
        if (setting.KindFrom is { } kindKey)
            return Picked(setting, entry, map, path, kindKey);
        if (entry is null)
        {
            if (!setting.Required || fallback is not null)
                return new(fallback, Clean: true);
            var picks = shape.Settings.FirstOrDefault(s => s.KindFrom == setting.Key);
            var hint = picks is null ? $"expected {setting.Shape.Noun}" : Choices(_tables[picks.Shape.Type]);
            Report(map.Origin, full, picks is null ? $"is missing; {hint}" : $"is missing. {hint}");
            return Bound.Nothing;
        }
        _places[full] = entry.Origin;
        if (entry.Value is ScalarNode { IsNull: true } && setting.Nullable)
            return new(null, Clean: true);
        return Value(setting.Shape, entry.Value, full, setting, fallback);
    }

    /// <summary>A block whose type another key picks; when absent, all its settings have their defaults.</summary>
    private Bound Picked(Setting setting, Entry? entry, MapNode map, string path, string kindKey)
    {
        var full = YamlReader.Join(path, setting.Key);
        var table = _tables[setting.Shape.Type];
        if (map.Find(kindKey) is not { Value: ScalarNode { IsNull: false } } kind || TypeOf(table, kind, YamlReader.Join(path, kindKey)) is not { } type)
            return Bound.Nothing;
        _places[full] = entry?.Origin ?? map.Origin;
        return (entry?.Value ?? new MapNode(map.Origin, [])) is MapNode settings
            ? Record(type, settings, full, ((ScalarNode)kind.Value).Text, hasKind: false, null)
            : Refuse(entry!.Value, full, $"is {entry.Value.Described}; expected {setting.Shape.Noun}");
    }

    /// <summary>
    /// Of settings that exclude each other, decides by the strongest source and names the others for removal;
    /// complains unless that source made one choice.
    /// </summary>
    private bool Choose(SettingsShape shape, MapNode map, string path, object fallback, out HashSet<string> excluded)
    {
        excluded = [];
        if (shape.ExactlyOneOf is not { } rule)
            return true;
        var given = map.Entries.Where(e => shape.IsChoice(e.Key) && e.Value is not ScalarNode { IsNull: true }).ToList();
        var strongest = given.Select(e => e.Value.Origin.Kind).DefaultIfEmpty().Max();
        var keys = given.Where(e => e.Value.Origin.Kind == strongest).ToDictionary(e => e.Key, e => e.Origin);
        var known = shape.Settings.Where(s => shape.IsChoice(s.Key) && s.Property.GetValue(fallback) is not null).Select(s => s.Key).ToList();
        var chosen = rule.Choices.Where(c => c.Any(keys.Count > 0 ? keys.ContainsKey : known.Contains)).ToList();
        if (chosen.Count != 1)
        {
            var last = keys.Count == 0 ? PlaceOf(path, map.Origin) : keys.Values.Last();
            var found = keys.Count == 0
                ? $"has none of {rule.Listing}; give exactly one"
                : $"has {string.Join(" and ", keys.Keys)}; give exactly one of {rule.Listing}";
            Report(last, path, path.Length == 0 ? $"The recipe {found}" : found);
            return false;
        }

        excluded.UnionWith(rule.Choices.Where(c => c != chosen[0]).SelectMany(c => c));
        var present = chosen[0].Where(k => given.Any(e => e.Key == k) || known.Contains(k)).ToList();
        if (present.Count == chosen[0].Count)
            return true;
        var missing = chosen[0].Except(present);
        Report(keys.Values.Last(), path, $"has {string.Join(" and ", present)} without {string.Join(" and ", missing)}; give {rule.Listing}");
        return false;
    }

    private void ReportUnknown(Entry entry, SettingsShape shape, string path, string owner)
    {
        var keys = shape.Settings.Select(s => s.Key).Order(StringComparer.Ordinal).ToList();
        var settings = keys.Count == 0 ? " It has no settings" : $" Settings: {string.Join(", ", keys)}";
        Report(entry.Origin, YamlReader.Join(path, entry.Key), $"is not a setting of {owner}.{Names.Hint(entry.Key, keys)}{settings}");
    }

    /// <summary>The place of a key, or of the nearest block around it that was written.</summary>
    private ValueOrigin PlaceOf(string path, ValueOrigin fallback)
    {
        for (var key = path; key.Length > 0; key = key[..Math.Max(0, key.LastIndexOfAny(['.', '[']))])
            if (_places.TryGetValue(key, out var place))
                return place;
        return fallback;
    }
}
