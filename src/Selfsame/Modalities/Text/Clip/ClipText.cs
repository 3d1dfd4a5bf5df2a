using System.Globalization;
using System.Text;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text;

/// <summary>CLIP's cleaning: HTML characters resolved twice, whitespace runs to one blank and none at the ends, lower case.</summary>
internal static class ClipText
{
    /// <summary>Cleans a text.</summary>
    public static string Clean(string text)
    {
        text = HtmlText.Resolve(HtmlText.Resolve(text)).Trim('\x1C', '\x1D', '\x1E', '\x1F').Trim();
        var points = Points.Of(text);
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < points.Length; i++)
        {
            if (Points.IsWhitespace(points[i]))
            {
                if (clean.Length > 0 && clean[^1] != ' ')
                    clean.Append(' ');
                continue;
            }

            if (points[i] == 0x3A3)
            {
                clean.Append(EndsWord(points, i) ? '\u03C2' : '\u03C3');
                continue;
            }

            clean.Append(new Rune(Points.ToLower(points[i], out var second)));
            if (second > 0)
                clean.Append(new Rune(second));
        }

        return clean.ToString().TrimEnd(' ');
    }

    /// <summary>A capital sigma stands at the end of a word: a letter with case before it, and none behind (Unicode's Final_Sigma).</summary>
    private static bool EndsWord(int[] points, int at)
    {
        var before = at - 1;
        while (before >= 0 && IsIgnored(points[before]))
            before--;
        var behind = at + 1;
        while (behind < points.Length && IsIgnored(points[behind]))
            behind++;
        return before >= 0 && IsCased(points[before]) && !(behind < points.Length && IsCased(points[behind]));
    }

    private static bool IsCased(int point) => Points.Category(point) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsIgnored(int point) => point is '\'' or '.' or ':' or 0xB7 or 0x2019 or 0x2018 or 0x2024 or 0x2027
        || Points.Category(point) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
