using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Selfsame.Recipes;

/// <summary>JSON Schema (2020-12) of recipes, made from the settings records, so that editors complete and check as one types.</summary>
/// <remarks>Says what types and limits say; rules between settings are checked only when a recipe is loaded.</remarks>
public sealed class RecipeSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<Type, IKindTable> _tables;
    private readonly SortedDictionary<string, JsonObject?> _definitions = new(StringComparer.Ordinal);

    private RecipeSchema(SystemTable systems) =>
        _tables = new[] { systems }.Concat(RecipeKinds.All).ToDictionary(t => t.Base);

    /// <summary>The schema, indented JSON.</summary>
    /// <param name="systems">The systems a recipe may name.</param>
    public static string Write(SystemTable systems) => new RecipeSchema(systems).Root(systems).ToJsonString(Layout);

    private JsonObject Root(SystemTable systems)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Selfsame recipe",
        };
        var branches = new JsonArray();
        foreach (var (key, value) in Record(typeof(Recipe), null))
            schema[key] = value?.DeepClone();
        foreach (var system in systems.Entries)
        {
            branches.Add(new JsonObject
            {
                ["if"] = new JsonObject
                {
                    ["properties"] = new JsonObject { ["system"] = new JsonObject { ["const"] = system.Key } },
                    ["required"] = new JsonArray("system"),
                },
                ["then"] = new JsonObject
                {
                    ["properties"] = new JsonObject { ["objective"] = Define($"objective.{system.Key}", system.SettingsType, null) },
                },
            });
        }
        if (branches.Count > 0)
            schema["allOf"] = branches;
        var definitions = new JsonObject();
        foreach (var (name, definition) in _definitions)
            definitions[name] = definition;
        schema["$defs"] = definitions;
        return schema;
    }

    private JsonObject Record(Type type, string? kind)
    {
        var shape = SettingsShape.For(type);
        var (properties, required) = (new JsonObject(), new JsonArray());
        if (kind is not null)
        {
            properties["kind"] = new JsonObject { ["const"] = kind };
            required.Add("kind");
        }
        foreach (var setting in shape.Settings)
        {
            properties[setting.Key] = Property(setting, shape);
            if (setting.Required && setting.KindFrom is null)
                required.Add(setting.Key);
        }
        var schema = new JsonObject { ["type"] = "object" };
        if (XmlDocs.Of(type) is { } description)
            schema["description"] = description;
        schema["properties"] = properties;
        schema["additionalProperties"] = false;
        if (required.Count > 0)
            schema["required"] = required;
        if (shape.ExactlyOneOf is { } rule)
            schema["oneOf"] = new JsonArray([.. rule.Choices.Select(Given)]);
        return schema;
    }

    /// <summary>The keys are there, and not null.</summary>
    private static JsonObject Given(IReadOnlyList<string> keys)
    {
        var properties = new JsonObject();
        foreach (var key in keys)
            properties[key] = new JsonObject { ["not"] = new JsonObject { ["type"] = "null" } };
        return new() { ["required"] = new JsonArray([.. keys.Select(k => JsonValue.Create(k))]), ["properties"] = properties };
    }

    private JsonObject Property(Setting setting, SettingsShape shape)
    {
        var schema = setting.KindFrom is null ? Value(setting.Shape, setting) : new JsonObject { ["type"] = "object" };
        var picks = shape.Settings.FirstOrDefault(s => s.KindFrom == setting.Key);
        if (picks is not null)
            schema["enum"] = new JsonArray([.. _tables[picks.Shape.Type].Keys.Select(k => JsonValue.Create(k))]);
        if (setting.Nullable)
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        var description = XmlDocs.Of(setting.Property);
        if (setting.Unit is not null)
            description = description is null ? $"Unit: {setting.Unit}." : $"{description} Unit: {setting.Unit}.";
        if (description is not null)
            schema["description"] = description;
        if (setting is { Default: { } value, Shape.Form: Form.Scalar })
            schema["default"] = Default(value);
        return schema;
    }

    private JsonObject Value(ValueShape shape, Setting? setting)
    {
        switch (shape.Form)
        {
            case Form.Scalar:
                return Scalar(shape.Type, setting?.Limits);
            case Form.List:
                var list = new JsonObject { ["type"] = "array", ["items"] = Value(shape.Element!, setting) };
                if (setting?.Count is { } count)
                {
                    list["minItems"] = count.Min;
                    if (count.Max < int.MaxValue)
                        list["maxItems"] = count.Max;
                }
                return list;
            case Form.Map:
                return new() { ["type"] = "object", ["additionalProperties"] = Value(shape.Element!, setting) };
            case Form.Record:
                var block = Define(Names.Snake(shape.Type.Name), shape.Type, null);
                return SettingsShape.For(shape.Type).ShortForm is { } only ? new() { ["anyOf"] = new JsonArray(Value(only.Shape, only), block) } : block;
            default:
                var table = _tables[shape.Type];
                var noun = table.Noun.Split(' ')[^1];
                return new() { ["oneOf"] = new JsonArray([.. table.Keys.Select(k => Define($"{noun}.{k}", table.TypeOf(k)!, k))]) };
        }
    }

    private JsonObject Define(string name, Type type, string? kind)
    {
        if (_definitions.TryAdd(name, null))   // entered first, so that a record may contain itself
            _definitions[name] = Record(type, kind);
        return new() { ["$ref"] = $"#/$defs/{name}" };
    }

    private static JsonObject Scalar(Type type, LimitsAttribute? limits)
    {
        if (type.IsEnum)
            return new() { ["oneOf"] = new JsonArray([.. Names.OfEnum(type).Select(e => Choice(e.Key, XmlDocs.Of(type, e.Value)))]) };
        if (type == typeof(TimeSpan))
            return new() { ["type"] = "string", ["pattern"] = Times.Pattern };
        if (type == typeof(bool))
            return new() { ["type"] = "boolean" };
        if (!Scalars.IsNumber(type))
            return new() { ["type"] = new JsonArray("string", "number", "boolean") };   // text needs no quotes
        var schema = new JsonObject { ["type"] = Scalars.IsWhole(type) ? "integer" : "number" };
        if (limits is { Min: > double.NegativeInfinity })
            schema[limits.AboveMin ? "exclusiveMinimum" : "minimum"] = limits.Min;
        else if (type == typeof(ulong))
            schema["minimum"] = 0;
        if (limits is { Max: < double.PositiveInfinity })
            schema[limits.BelowMax ? "exclusiveMaximum" : "maximum"] = limits.Max;
        return schema;
    }

    private static JsonObject Choice(string key, string? description)
    {
        var choice = new JsonObject { ["const"] = key };
        if (description is not null)
            choice["description"] = description;
        return choice;
    }

    private static JsonNode? Default(object value) => value switch
    {
        bool flag => flag,
        int number => number,
        long number => number,
        ulong number => number,
        float number => number,
        double number => number,
        _ => Scalars.Format(value),
    };
}
