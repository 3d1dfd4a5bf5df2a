using System.Globalization;

namespace Selfsame.Training.Progress;

/// <summary>Numbers as people read them; invariant culture.</summary>
public static class HumanText
{
    /// <summary>A whole number with thousands marked: "1,234".</summary>
    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A measured value with about four digits: "0.4312", "12.35", "1.2e-05"; whole numbers from 1,000 on.</summary>
    public static string Value(double value)
    {
        var size = Math.Abs(value);
        return size switch
        {
            double.NaN => "NaN",
            double.PositiveInfinity => value > 0 ? "inf" : "-inf",
            0 => "0",
            < 0.001 or >= 1e7 => value.ToString("0.###e+00", CultureInfo.InvariantCulture),
            < 0.01 => value.ToString("0.00000", CultureInfo.InvariantCulture),
            < 10 => value.ToString("0.0000", CultureInfo.InvariantCulture),
            < 100 => value.ToString("0.00", CultureInfo.InvariantCulture),
            < 1000 => value.ToString("0.0", CultureInfo.InvariantCulture),
            _ => Count(value),
        };
    }

    /// <summary>A speed: "1,234", "56.7", "0.052".</summary>
    public static string Rate(double value) => value switch
    {
        >= 100 => Count(value),
        >= 1 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    /// <summary>A share as percent: "3 %".</summary>
    /// <param name="share">0 to 1.</param>
    public static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A time span by its two largest units: "2d 03h", "1h 05m", "3m 12s", "45s".</summary>
    public static string Duration(TimeSpan span)
    {
        // Rounded first, or 59.7 s would read "60s".
        var seconds = (long)Math.Round(Math.Max(0, span.TotalSeconds));
        return seconds switch
        {
            >= 86_400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400}d {seconds % 86_400 / 3600:00}h"),
            >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h {seconds % 3600 / 60:00}m"),
            >= 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m {seconds % 60:00}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
        };
    }

    /// <summary>A number of bytes: "640 KiB", "23.5 GiB".</summary>
    public static string Bytes(double bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(unit == 0 || bytes >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
