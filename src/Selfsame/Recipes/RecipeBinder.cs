namespace Selfsame.Recipes;

/// <summary>Fills settings records from YAML nodes, and collects everything that does not fit.</summary>
/// <param name="tables">Kinds of every abstract settings record, systems included.</param>
/// <param name="faults">Receives what is wrong.</param>
internal sealed partial class RecipeBinder(IEnumerable<IKindTable> tables, List<RecipeFault> faults)
{
    private const string KindKey = "kind";

    private readonly Dictionary<Type, IKindTable> _tables = tables.ToDictionary(t => t.Base);
    private readonly Dictionary<string, ValueOrigin> _places = new(StringComparer.Ordinal);

    /// <summary>Where each written key stands, by full key.</summary>
    public IReadOnlyDictionary<string, ValueOrigin> Places => _places;

    /// <summary>Fills a record.</summary>
    /// <param name="type">The record, or the abstract base of several kinds.</param>
    /// <param name="node">Normally a mapping.</param>
    /// <param name="path">Full key of the record; empty for the root.</param>
    /// <returns>The record, as far as it could be filled; meaningful only when no fault was added.</returns>
    public object? Bind(Type type, Node node, string path = "") =>
        Value(ValueShape.Of(type), node, path, null, null).Value;

    /// <param name="shape">What the place holds.</param>
    /// <param name="node">What was written.</param>
    /// <param name="path">Full key.</param>
    /// <param name="setting">The setting, for its limits; those of a list hold for its entries.</param>
    /// <param name="fallback">The value if nothing had been written; of a record, the settings that are not mentioned stay.</param>
    private Bound Value(ValueShape shape, Node node, string path, Setting? setting, object? fallback)
    {
        _places.TryAdd(path, node.Origin);
        switch (shape.Form, node)
        {
            case (Form.Scalar, ScalarNode { IsNull: false } scalar):
                var (value, fault) = Scalars.Parse(shape.Type, scalar, setting?.Limits, fallback);
                return fault is null ? new(value, Clean: true) : Refuse(node, path, fault);
            case (Form.List, ListNode list):
                return List(shape, list, path, setting);
            case (Form.Map, MapNode map):
                return Map(shape, map, path, setting);
            case (Form.Record, ScalarNode { IsNull: false } brief) when SettingsShape.For(shape.Type).ShortForm is { } only:
                return Record(shape.Type, new MapNode(brief.Origin, [new Entry(only.Key, brief.Origin, brief)]), path, Owner(path), hasKind: false, fallback);
            case (Form.Record, MapNode map):
                return Record(shape.Type, map, path, Owner(path), hasKind: false, fallback);
            case (Form.Kinds, MapNode map):
                return OfKind(_tables[shape.Type], map, path, fallback);
            default:
                return Refuse(node, path, shape.Form == Form.Scalar
                    ? Scalars.Expected(node, shape.Type, fallback).Item2
                    : $"is {node.Described}; expected {shape.Noun}");
        }
    }

    private Bound List(ValueShape shape, ListNode list, string path, Setting? setting)
    {
        var clean = true;
        var items = Array.CreateInstance(shape.Element!.Type, list.Items.Count);
        for (var i = 0; i < items.Length; i++)
        {
            var item = Value(shape.Element, list.Items[i], $"{path}[{i}]", setting, null);
            clean &= item.Clean;
            if (item.Value is not null)
                items.SetValue(item.Value, i);
        }
        if (setting?.Count?.Judge(items.Length) is { } fault)
            return Refuse(list, path, fault);
        return new(shape.Type.IsArray ? items : Wrap(typeof(EquatableList<>), shape.Element.Type, items), clean);
    }

    private Bound Map(ValueShape shape, MapNode map, string path, Setting? setting)
    {
        var clean = true;
        var pair = typeof(KeyValuePair<,>).MakeGenericType(typeof(string), shape.Element!.Type);
        var items = Array.CreateInstance(pair, map.Entries.Count);
        for (var i = 0; i < items.Length; i++)
        {
            var (key, origin, node) = map.Entries[i];
            var full = YamlReader.Join(path, key);
            _places[full] = origin;
            var item = Value(shape.Element, node, full, setting, null);
            clean &= item.Clean;
            items.SetValue(Activator.CreateInstance(pair, key, item.Value), i);
        }
        return new(Wrap(typeof(EquatableDictionary<>), shape.Element.Type, items), clean);
    }

    private Bound OfKind(IKindTable table, MapNode map, string path, object? fallback)
    {
        var kindPath = YamlReader.Join(path, KindKey);
        if (map.Find(KindKey) is not { } kind)
        {
            if (fallback is not null && table.KeyOf(fallback.GetType()) is { } key)
                return Record(fallback.GetType(), map, path, key, hasKind: true, fallback);
            Report(map.Origin, kindPath, $"is missing. {Choices(table)}");
            return Bound.Nothing;
        }
        _places[kindPath] = kind.Origin;
        if (TypeOf(table, kind, kindPath) is not { } type)
            return Bound.Nothing;
        return Record(type, map, path, ((ScalarNode)kind.Value).Text, hasKind: true, fallback);
    }

    private Type? TypeOf(IKindTable table, Entry kind, string path)
    {
        if (kind.Value is ScalarNode scalar && table.TypeOf(scalar.Text) is { } type)
            return type;
        var written = (kind.Value as ScalarNode)?.Text ?? "";
        Report(kind.Origin, path, $"is {kind.Value.Described}, which is not a {table.Noun}.{Names.Hint(written, table.Keys)} {Choices(table)}");
        return null;
    }

    private static string Choices(IKindTable table) =>
        $"{table.Title}: {string.Join(", ", table.Keys.Order(StringComparer.Ordinal))}";

    private static object Wrap(Type collection, Type element, Array items) => Activator.CreateInstance(
        collection.MakeGenericType(element),
        System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic,
        null, [items], null)!;

    private Bound Refuse(Node node, string path, string text)
    {
        // A value may begin on the line after its key; the key is where the eye looks first.
        Report(_places.GetValueOrDefault(path, node.Origin), path, text);
        return Bound.Nothing;
    }

    private void Report(ValueOrigin origin, string path, string text) => faults.Add(new(origin, path, text));

    /// <summary>What an unknown key is "not a setting of".</summary>
    private static string Owner(string path)
    {
        var last = path[(path.LastIndexOf('.') + 1)..];
        return last.Length == 0 ? "a recipe" : last.Split('[')[0];
    }

    /// <summary>A value, and whether everything in it could be read.</summary>
    private readonly record struct Bound(object? Value, bool Clean)
    {
        public static Bound Nothing => new(null, Clean: false);
    }
}
