using System.Globalization;
using System.Net;
using System.Text;

namespace Selfsame.Modalities.Text;

/// <summary>Resolves the character references of HTML: numbers, and the names of HTML 4; the oldest of these need no semicolon.</summary>
internal static class HtmlText
{
    private const int LongestName = 32;

    // What browsers take the C1 controls for: the characters of Windows-1252.
    private const string Windows = "\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178";

    /// <summary>A text with its references resolved; what is none stays.</summary>
    public static string Resolve(string text)
    {
        var at = text.IndexOf('&', StringComparison.Ordinal);
        if (at < 0)
            return text;
        var result = new StringBuilder(text.Length);
        var done = 0;
        for (; at >= 0 && at < text.Length; at = text.IndexOf('&', at))
        {
            result.Append(text, done, at - done);
            var (value, length) = at + 1 < text.Length && text[at + 1] == '#' ? Number(text, at) : Name(text, at);
            result.Append(value);
            done = at += length;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    private static (string Value, int Length) Number(string text, int at)
    {
        var hexadecimal = at + 2 < text.Length && text[at + 2] is 'x' or 'X';
        var first = at + (hexadecimal ? 3 : 2);
        var end = first;
        while (end < text.Length && (hexadecimal ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])))
            end++;
        if (end == first)
            return ("&", 1);
        var digits = text.AsSpan(first, end - first).TrimStart('0');
        var point = digits.Length > 9 ? int.MaxValue
            : digits.Length == 0 ? 0
            : (int)Math.Min(int.MaxValue, long.Parse(digits, hexadecimal ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture));
        return (Character(point), end - at + (end < text.Length && text[end] == ';' ? 1 : 0));
    }

    private static string Character(int point) => point switch
    {
        0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF) => "\uFFFD",
        0xD => "\r",
        >= 0x80 and <= 0x9F => Windows[point - 0x80].ToString(),
        (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) => "",
        _ when (point & 0xFFFE) == 0xFFFE => "",
        _ => char.ConvertFromUtf32(point),
    };

    private static (string Value, int Length) Name(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && end - at <= LongestName && char.IsAsciiLetterOrDigit(text[end]))
            end++;
        if (end < text.Length && text[end] == ';' && Named(text[(at + 1)..end]) is { } whole)
            return (whole, end - at + 1);
        for (; end > at + 2; end--)
        {
            if (Named(text[(at + 1)..end]) is { } value && (value[0] is '&' or '<' or '>' or '"' || (value.Length == 1 && value[0] is >= '\u00A0' and <= '\u00FF')))
                return (value, end - at);
        }

        return ("&", 1);
    }

    private static string? Named(string name)
    {
        var reference = $"&{name};";
        var value = name is "AMP" or "LT" or "GT" or "QUOT" or "COPY" or "REG" ? WebUtility.HtmlDecode(reference.ToLowerInvariant()) : WebUtility.HtmlDecode(reference);
        return value == reference ? null : value;
    }
}
