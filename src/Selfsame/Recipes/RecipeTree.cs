using System.Collections;

namespace Selfsame.Recipes;

/// <summary>Settings records as nodes again: every value, in the order of the record.</summary>
internal static class RecipeTree
{
    /// <summary>The record as a mapping.</summary>
    /// <param name="record">A settings record.</param>
    /// <param name="tables">Kinds of every abstract settings record.</param>
    public static MapNode Of(object record, IEnumerable<IKindTable> tables) =>
        Record(record, null, tables.ToDictionary(t => t.Base));

    /// <summary>Full keys of all values; a list without settings records in it counts as one.</summary>
    public static IEnumerable<string> Leaves(Node node, string path = "") => node switch
    {
        MapNode { Entries.Count: > 0 } map => map.Entries.SelectMany(e => Leaves(e.Value, YamlReader.Join(path, e.Key))),
        ListNode list when list.Items.Any(i => i is MapNode) => list.Items.SelectMany((item, i) => Leaves(item, $"{path}[{i}]")),
        _ => [path],
    };

    private static MapNode Record(object record, string? kind, Dictionary<Type, IKindTable> tables)
    {
        var shape = SettingsShape.For(record.GetType());
        var entries = new List<Entry>();
        if (kind is not null)
            entries.Add(new("kind", ValueOrigin.Default, Plain(kind)));
        foreach (var setting in shape.Settings)
        {
            var value = setting.Property.GetValue(record);
            if (value is null && shape.IsChoice(setting.Key))
                continue;
            entries.Add(new(setting.Key, ValueOrigin.Default, Value(value, setting.Shape, setting.KindFrom is not null, tables)));
        }
        return new(ValueOrigin.Default, entries) { Shape = shape };
    }

    private static Node Value(object? value, ValueShape shape, bool picked, Dictionary<Type, IKindTable> tables)
    {
        if (value is null)
            return Plain("null");
        switch (shape.Form)
        {
            case Form.Scalar:
                return new ScalarNode(ValueOrigin.Default, Scalars.Format(value), plain: value is not string);
            case Form.List:
                return new ListNode(ValueOrigin.Default, [.. ((IEnumerable)value).Cast<object>().Select(i => Value(i, shape.Element!, false, tables))]);
            case Form.Map:
                return new MapNode(ValueOrigin.Default, [.. Pairs(value).Select(p => new Entry(p.Key, ValueOrigin.Default, Value(p.Value, shape.Element!, false, tables)))]);
            case Form.Record when SettingsShape.For(shape.Type).ShortForm is { } only && only.Property.GetValue(value) is { } brief:
                return Value(brief, only.Shape, false, tables);
            default:
                if (shape.Form == Form.Record || picked)
                    return Record(value, null, tables);
                var kind = tables[shape.Type].KeyOf(value.GetType())
                    ?? throw new InvalidOperationException($"{value.GetType()} has no kind; add it to the table of {shape.Type}.");
                return Record(value, kind, tables);
        }
    }

    private static IEnumerable<(string Key, object? Value)> Pairs(object map)
    {
        foreach (var pair in (IEnumerable)map)
            yield return ((string)pair.GetType().GetProperty("Key")!.GetValue(pair)!, pair.GetType().GetProperty("Value")!.GetValue(pair));
    }

    private static ScalarNode Plain(string text) => new(ValueOrigin.Default, text, plain: true);
}
