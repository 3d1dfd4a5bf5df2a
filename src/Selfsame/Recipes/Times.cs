using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Recipes;

/// <summary>Spans of time as recipes write them: <c>90s</c>, <c>10m</c>, <c>2h30m</c>, <c>1.5h</c>.</summary>
internal static partial class Times
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    public static string Pattern => "^([0-9]+(\\.[0-9]+)?[dhms])+$";

    /// <summary>The span, or null when the text is none or exceeds ten million days.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length > 40 || !Whole().IsMatch(text))
            return null;
        var ticks = 0m;
        foreach (Match part in Part().Matches(text))
        {
            if (!decimal.TryParse(part.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
                || amount > long.MaxValue)
                return null;
            ticks += amount * Array.Find(Units, u => u.Unit == part.Groups[2].Value).Ticks;
            if (ticks > TimeSpan.MaxValue.Ticks)
                return null;
        }
        return TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>The shortest exact writing; the span is not negative.</summary>
    public static string Format(TimeSpan time)
    {
        var text = new StringBuilder();
        var rest = time.Ticks;
        foreach (var (unit, size) in Units.AsSpan(..^1))
        {
            if (rest >= size)
                text.Append(CultureInfo.InvariantCulture, $"{rest / size}{unit}");
            rest %= size;
        }
        if (rest > 0 || text.Length == 0)
            text.Append(CultureInfo.InvariantCulture, $"{(decimal)rest / TimeSpan.TicksPerSecond:0.#######}s");
        return text.ToString();
    }

    [GeneratedRegex("^([0-9]+(\\.[0-9]+)?[dhms])+$")]
    private static partial Regex Whole();

    [GeneratedRegex("([0-9.]+)([dhms])")]
    private static partial Regex Part();
}
