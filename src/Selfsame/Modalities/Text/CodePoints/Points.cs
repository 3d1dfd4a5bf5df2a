using System.Globalization;
using System.Text;

namespace Selfsame.Modalities.Text.CodePoints;

/// <summary>What a code point is: Unicode's properties, as tokenizers ask for them.</summary>
internal static class Points
{
    /// <summary>Stands for what is no text: a lone surrogate, or bytes that are no UTF-8.</summary>
    public const int Replacement = 0xFFFD;

    /// <summary>The code points of a text; a lone surrogate becomes U+FFFD.</summary>
    public static int[] Of(string text)
    {
        var points = new int[text.Length];
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
            points[count++] = rune.Value;
        return count == points.Length ? points : points[..count];
    }

    /// <summary>The text of code points.</summary>
    public static string ToText(ReadOnlySpan<int> points)
    {
        var text = new StringBuilder(points.Length);
        foreach (var point in points)
            text.Append(new Rune(point));
        return text.ToString();
    }

    /// <summary>General category.</summary>
    public static UnicodeCategory Category(int point) => CharUnicodeInfo.GetUnicodeCategory(point);

    /// <summary>The property White_Space.</summary>
    public static bool IsWhitespace(int point) =>
        point <= char.MaxValue && char.IsWhiteSpace((char)point);

    /// <summary>A number of any kind: Nd, Nl or No.</summary>
    public static bool IsNumber(int point) => Category(point) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>A letter of any kind: Lu, Ll, Lt, Lm or Lo.</summary>
    public static bool IsLetter(int point) => Category(point) <= UnicodeCategory.OtherLetter;

    /// <summary>A mark of any kind: Mn, Mc or Me.</summary>
    public static bool IsMark(int point) => Category(point) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Punctuation of any kind (P*), or one of the other signs of ASCII, such as <c>$</c> and <c>+</c>.</summary>
    public static bool IsPunctuation(int point) => point < 128
        ? point is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126
        : Category(point) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    /// <summary>Part of a word as regular expressions see it: alphabetic, a mark, a decimal digit, connecting punctuation or a joiner (UTS #18).</summary>
    public static bool IsWord(int point) => point < 128
        ? char.IsAsciiLetterOrDigit((char)point) || point == '_'
        : Category(point) is <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
            || point is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>Lower case without regard to what stands around it; U+0130 becomes two code points.</summary>
    /// <param name="point">The code point.</param>
    /// <param name="second">A second code point, or 0.</param>
    public static int ToLower(int point, out int second)
    {
        second = point == 0x130 ? 0x307 : 0;
        return point == 0x130 ? 'i' : Rune.ToLowerInvariant(new Rune(point)).Value;
    }
}
