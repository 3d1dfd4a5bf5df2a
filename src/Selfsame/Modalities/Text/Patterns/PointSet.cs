using System.Globalization;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Patterns;

/// <summary>A set of code points, as a class of a regular expression names one.</summary>
internal abstract class PointSet
{
    private ulong _asciiLow, _asciiHigh;
    private bool _ready;

    /// <summary>Holds the code point.</summary>
    public bool Has(int point)
    {
        if (point >= 128)
            return Test(point);
        if (!_ready)
            Prepare();
        return ((point < 64 ? _asciiLow >> point : _asciiHigh >> (point - 64)) & 1) != 0;
    }

    /// <summary>Looks one up.</summary>
    protected abstract bool Test(int point);

    private void Prepare()
    {
        var (low, high) = (0UL, 0UL);
        for (var point = 0; point < 64; point++)
        {
            low |= Test(point) ? 1UL << point : 0;
            high |= Test(point + 64) ? 1UL << point : 0;
        }

        (_asciiLow, _asciiHigh) = (low, high);
        Volatile.Write(ref _ready, true);
    }
}

/// <summary>Whatever a function says.</summary>
internal sealed class TestSet(Func<int, bool> test) : PointSet
{
    protected override bool Test(int point) => test(point);
}

/// <summary>All but a set.</summary>
internal sealed class ComplementSet(PointSet inner) : PointSet
{
    protected override bool Test(int point) => !inner.Has(point);
}

/// <summary>What is in any of several sets.</summary>
internal sealed class UnionSet(IReadOnlyList<PointSet> parts) : PointSet
{
    protected override bool Test(int point)
    {
        foreach (var part in parts)
        {
            if (part.Has(point))
                return true;
        }

        return false;
    }
}

/// <summary>What is in both sets.</summary>
internal sealed class IntersectionSet(PointSet left, PointSet right) : PointSet
{
    protected override bool Test(int point) => left.Has(point) && right.Has(point);
}

/// <summary>From one code point to another, both included.</summary>
internal sealed class RangeSet(int first, int last, bool ignoreCase) : PointSet
{
    protected override bool Test(int point)
    {
        if (point >= first && point <= last)
            return true;
        if (!ignoreCase)
            return false;
        foreach (var other in LetterCase.Others(point))
        {
            if (other >= first && other <= last)
                return true;
        }

        return false;
    }
}

/// <summary>Letters that differ in case alone.</summary>
internal static class LetterCase
{
    /// <summary>Other code points of equal simple case folding.</summary>
    public static IEnumerable<int> Others(int point)
    {
        if (point is >= 0xD800 and <= 0xDFFF)
            yield break;
        var rune = new System.Text.Rune(point);
        var lower = System.Text.Rune.ToLowerInvariant(rune).Value;
        var upper = System.Text.Rune.ToUpperInvariant(rune).Value;
        if (lower != point)
            yield return lower;
        if (upper != point)
            yield return upper;
        // Signs that fold to a letter of ASCII or Latin-1 without being its other case.
        var sign = lower switch { 's' => 0x17F, 'k' => 0x212A, 0xE5 => 0x212B, 0x3C9 => 0x2126, _ => 0 };
        if (sign != 0 && sign != point)
            yield return sign;
        var letter = point switch { 0x17F => 's', 0x212A => 'k', 0x212B => 0xE5, 0x2126 => 0x3C9, _ => 0 };
        if (letter != 0)
        {
            yield return letter;
            yield return System.Text.Rune.ToUpperInvariant(new System.Text.Rune(letter)).Value;
        }
    }
}

/// <summary>Sets by the names that <c>\p{…}</c> takes: general categories and a few properties.</summary>
internal static class NamedSets
{
    private static readonly Dictionary<string, PointSet> s_sets = Make();

    /// <summary>The set of a name; null for an unknown one.</summary>
    public static PointSet? Find(string name) =>
        s_sets.GetValueOrDefault(name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant());

    private static Dictionary<string, PointSet> Make()
    {
        string[] codes =
        [
            "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
            "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
        ];
        var sets = new Dictionary<string, PointSet>(StringComparer.Ordinal);
        for (var i = 0; i < codes.Length; i++)
        {
            var category = (UnicodeCategory)i;
            sets[codes[i].ToLowerInvariant()] = new TestSet(point => Points.Category(point) == category);
        }

        foreach (var group in codes.GroupBy(code => code[0]))
            sets[group.Key.ToString().ToLowerInvariant()] = new UnionSet([.. group.Select(code => sets[code.ToLowerInvariant()])]);
        foreach (var (name, code) in new[]
        {
            ("letter", "l"), ("mark", "m"), ("number", "n"), ("punctuation", "p"), ("symbol", "s"), ("separator", "z"), ("other", "c"),
            ("uppercaseletter", "lu"), ("lowercaseletter", "ll"), ("decimalnumber", "nd"), ("nonspacingmark", "mn"), ("digit", "nd"), ("punct", "p"),
        })
            sets[name] = sets[code];
        sets["alpha"] = sets["alphabetic"] = new TestSet(point => Points.IsWord(point) && Points.Category(point) is not (UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation)
            && point is not (0x200C or 0x200D) && !(Points.Category(point) is UnicodeCategory.NonSpacingMark && UnicodeData.Instance.CombiningClass(point) != 0));
        sets["alnum"] = new UnionSet([sets["alpha"], sets["nd"]]);
        sets["whitespace"] = sets["space"] = new TestSet(Points.IsWhitespace);
        sets["word"] = new TestSet(Points.IsWord);
        sets["any"] = new TestSet(static _ => true);
        sets["ascii"] = new RangeSet(0, 127, ignoreCase: false);
        sets["upper"] = sets["uppercase"] = sets["lu"];
        sets["lower"] = sets["lowercase"] = sets["ll"];
        sets["blank"] = new TestSet(static point => point == '\t' || Points.Category(point) == UnicodeCategory.SpaceSeparator);
        sets["cntrl"] = sets["cc"];
        sets["xdigit"] = new TestSet(static point => point < 128 && char.IsAsciiHexDigit((char)point));
        sets["han"] = new TestSet(static point => point is 0x2E80 or (>= 0x2E81 and <= 0x2E99) or (>= 0x2E9B and <= 0x2EF3) or (>= 0x2F00 and <= 0x2FD5) or 0x3005 or 0x3007
            or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFA6D) or (>= 0xFA70 and <= 0xFAD9)
            or (>= 0x16FE2 and <= 0x16FE3) or (>= 0x16FF0 and <= 0x16FF1) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2EBE0) or (>= 0x2EBF0 and <= 0x2EE5D)
            or (>= 0x2F800 and <= 0x2FA1D) or (>= 0x30000 and <= 0x323AF));
        return sets;
    }
}
