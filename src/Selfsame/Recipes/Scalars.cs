using System.Globalization;

namespace Selfsame.Recipes;

/// <summary>Single values between text and type: numbers, truth values, text, times and enums.</summary>
internal static class Scalars
{
    public static bool Handles(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
        || type == typeof(ulong) || type == typeof(double) || type == typeof(float) || type == typeof(TimeSpan);

    public static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(ulong);

    public static bool IsNumber(Type type) => IsWhole(type) || type == typeof(double) || type == typeof(float);

    /// <summary>What a message expects: "a whole number".</summary>
    public static string Noun(Type type, bool many = false) => 0 switch
    {
        _ when type.IsEnum => (many ? "values out of " : "one of ") + string.Join(", ", Names.OfEnum(type).Select(e => e.Key)),
        _ when type == typeof(bool) => many ? "true or false values" : "true or false",
        _ when IsWhole(type) => many ? "whole numbers" : "a whole number",
        _ when IsNumber(type) => many ? "numbers" : "a number",
        _ when type == typeof(TimeSpan) => (many ? "times" : "a time") + " such as 90s, 10m or 2h30m",
        _ => "text",
    };

    /// <summary>Reads a value; on failure the text that follows the key in the message.</summary>
    public static (object? Value, string? Fault) Parse(Type type, ScalarNode node, LimitsAttribute? limits, object? fallback)
    {
        if (type == typeof(string))
            return (node.Text, null);
        if (IsNumber(type))
            return Number(type, node, limits, fallback);
        if (type.IsEnum)
        {
            foreach (var (key, value) in Names.OfEnum(type))
                if (key == node.Text)
                    return (value, null);
            return Expected(node, type, fallback, Names.Hint(node.Text, Names.OfEnum(type).Select(e => e.Key)));
        }
        if (type == typeof(bool))
            return node is { Plain: true, Text: "true" } ? (true, null)
                : node is { Plain: true, Text: "false" } ? (false, null)
                : Expected(node, type, fallback);
        return Times.Parse(node.Text) is { } time ? (time, null) : Expected(node, type, fallback);
    }

    /// <summary>The "is …; expected …" text for a value of the wrong type.</summary>
    public static (object?, string) Expected(Node node, Type type, object? fallback, string hint = "") =>
        (null, $"is {node.Described}; expected {Noun(type)}{(fallback is ValueType && !type.IsEnum ? $" (default: {Format(fallback)})" : "")}"
            + (hint.Length == 0 ? "" : "." + hint));

    /// <summary>A value as a recipe writes it, before quoting; reading it back gives an equal value.</summary>
    public static string Format(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        Enum => Names.OfEnumValue(value),
        TimeSpan time => Times.Format(time),
        double number => ShortExponent(number.ToString("R", CultureInfo.InvariantCulture)),
        float number => ShortExponent(number.ToString("R", CultureInfo.InvariantCulture)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary><c>1E-06</c> to <c>1e-6</c>.</summary>
    private static string ShortExponent(string number)
    {
        var at = number.IndexOf('E', StringComparison.Ordinal);
        return at < 0 ? number : string.Create(CultureInfo.InvariantCulture, $"{number[..at]}e{int.Parse(number.AsSpan(at + 1), CultureInfo.InvariantCulture)}");
    }

    private static (object?, string?) Number(Type type, ScalarNode node, LimitsAttribute? limits, object? fallback)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!node.Plain || !double.TryParse(node.Text, Style, CultureInfo.InvariantCulture, out var number) || double.IsNaN(number)
            || (node.Text.Length > 0 && char.IsLetter(node.Text[^1])))
            return Expected(node, type, fallback);
        if (IsWhole(type) && number % 1 != 0 && double.IsFinite(number))
            return Expected(node, type, fallback);
        if (limits is not null && !limits.Holds(number))
            return (null, limits.Judge(node.Described, fallback));
        if (type == typeof(double) || type == typeof(float))
            return double.IsFinite(number)
                ? (type == typeof(float) ? (object)(float)number : number, null)
                : (null, $"is {node.Described}; that is more than a number can hold");

        // 1e6 is a whole number too; decimal keeps all 20 digits of the largest seed exact.
        var fits = decimal.TryParse(node.Text, Style, CultureInfo.InvariantCulture, out var exact);
        var (min, max) = type == typeof(int) ? (int.MinValue, int.MaxValue)
            : type == typeof(long) ? (long.MinValue, long.MaxValue)
            : ((decimal)ulong.MinValue, (decimal)ulong.MaxValue);
        return fits && exact >= min && exact <= max
            ? (Convert.ChangeType(exact, type, CultureInfo.InvariantCulture), null)
            : (null, $"is {node.Described}; expected a whole number from {Format(min)} to {Format(max)}");
    }
}
