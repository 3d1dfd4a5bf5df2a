using System.Globalization;
using System.Text.Json;
using Selfsame.Data;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.Json;

/// <summary>A value of a <c>tokenizer.json</c>, with the path of keys that led to it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">Keys from the root, such as <c>model.vocab</c>.</param>
/// <param name="File">Where it was read from, for messages.</param>
internal readonly record struct JsonPart(JsonElement Value, string Path, string File)
{
    /// <summary>What <c>type</c> says.</summary>
    public string Kind => Text("type");

    /// <summary>A fault with the value.</summary>
    public DataSourceException Fault(string what) => new($"{File}: {(Path.Length == 0 ? "the file" : Path)} {what}");

    /// <summary>The value has only keys that are known: another one might change what it means.</summary>
    public JsonPart Only(params ReadOnlySpan<string> keys)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Fault($"is {Describe(Value)}; expected an object");
        foreach (var entry in Value.EnumerateObject())
        {
            if (entry.Name != "type" && !keys.Contains(entry.Name))
                throw At(entry.Name, entry.Value).Fault($"is not known here; known: {string.Join(", ", keys!)}");
        }

        return this;
    }

    /// <summary>The part under a key; null where it is missing or null.</summary>
    public JsonPart? Find(string key)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Fault($"is {Describe(Value)}; expected an object");
        return Value.TryGetProperty(key, out var found) && found.ValueKind != JsonValueKind.Null ? At(key, found) : null;
    }

    /// <summary>The part under a key, which must be there.</summary>
    public JsonPart Part(string key) => Find(key) ?? throw Fault($"has no {key}");

    /// <summary>Text under a key.</summary>
    public string Text(string key) => Part(key).AsText();

    /// <summary>Text under a key, or null.</summary>
    public string? TextOrNull(string key) => Find(key)?.AsText();

    /// <summary>A truth value under a key.</summary>
    public bool Flag(string key, bool missing) => Find(key) is not { } part ? missing : part.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw part.Fault($"is {Describe(part.Value)}; expected true or false"),
    };

    /// <summary>A whole number under a key, from 0.</summary>
    public int Number(string key) => Part(key).AsNumber();

    /// <summary>A whole number under a key, from 0, or null.</summary>
    public int? NumberOrNull(string key) => Find(key)?.AsNumber();

    /// <summary>The entries of a list under a key.</summary>
    public IEnumerable<JsonPart> Items(string key) => Part(key).AsList();

    /// <summary>The one code point of a text under a key.</summary>
    public int Point(string key)
    {
        var part = Part(key);
        var points = CodePoints.Points.Of(part.AsText());
        return points.Length == 1 ? points[0] : throw part.Fault($"is \"{part.AsText()}\"; expected one character");
    }

    /// <summary>A pattern under a key: <c>{"Regex": …}</c>, <c>{"String": …}</c>, or text.</summary>
    public Pattern Pattern(string key)
    {
        var part = Part(key);
        try
        {
            if (part.Value.ValueKind == JsonValueKind.String)
                return Patterns.Pattern.Literal(part.AsText());
            part.Only("Regex", "String");
            return part.TextOrNull("Regex") is { } regex ? new Pattern(regex) : Patterns.Pattern.Literal(part.Text("String"));
        }
        catch (FormatException problem)
        {
            throw part.Fault($"cannot be used: {problem.Message}");
        }
    }

    /// <summary>One of an enum's values under a key, in whatever case it is written.</summary>
    public T OneOf<T>(string key, T missing)
        where T : struct, Enum
    {
        if (Find(key) is not { } part)
            return missing;
        var name = part.AsText().Replace("_", "", StringComparison.Ordinal);
        return Enum.TryParse<T>(name, ignoreCase: true, out var value) && !char.IsAsciiDigit(name[0])
            ? value
            : throw part.Fault($"is \"{part.AsText()}\"; there are {string.Join(", ", Enum.GetNames<T>())}");
    }

    /// <summary>The value as text.</summary>
    public string AsText() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Fault($"is {Describe(Value)}; expected text");

    /// <summary>The value as a whole number from 0.</summary>
    public int AsNumber() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) && number >= 0
        ? number
        : throw Fault($"is {Describe(Value)}; expected a whole number from 0");

    /// <summary>The value as a number.</summary>
    public double AsDouble() => Value.ValueKind == JsonValueKind.Number ? Value.GetDouble() : throw Fault($"is {Describe(Value)}; expected a number");

    /// <summary>The value as a list.</summary>
    public IEnumerable<JsonPart> AsList()
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Fault($"is {Describe(Value)}; expected a list");
        var (path, file) = (Path, File);
        return Value.EnumerateArray().Select((item, i) => new JsonPart(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), file));
    }

    private JsonPart At(string key, JsonElement value) => new(value, Path.Length == 0 ? key : $"{Path}.{key}", File);

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };
}
