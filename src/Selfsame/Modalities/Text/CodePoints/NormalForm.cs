namespace Selfsame.Modalities.Text.CodePoints;

/// <summary>Unicode's normal forms (UAX #15): NFD, NFC, NFKD and NFKC.</summary>
/// <param name="compose">Put together again what belongs together (C) rather than leave it apart (D).</param>
/// <param name="compatible">Treat look-alikes as equal (K).</param>
internal sealed class NormalForm(bool compose, bool compatible)
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    private static readonly UnicodeData s_data = UnicodeData.Instance;

    public static NormalForm Nfc { get; } = new(compose: true, compatible: false);

    public static NormalForm Nfd { get; } = new(compose: false, compatible: false);

    public static NormalForm Nfkc { get; } = new(compose: true, compatible: true);

    public static NormalForm Nfkd { get; } = new(compose: false, compatible: true);

    /// <summary>
    /// The text in this form. Places go by order, as in Hugging Face's tokenizers: each code point takes the next place of the original, what is composed takes those of its parts and keeps the first,
    /// and what a decomposition adds has the place before it.
    /// </summary>
    public AlignedText Apply(AlignedText text)
    {
        if (text.Points.IndexOfAnyInRange(0x80, 0x10FFFF) < 0)
            return text;
        var parts = new List<Part>(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
            Decompose(text.Points[i], places: 1, parts);
        Order(parts);
        if (compose)
            Compose(parts);
        var builder = new AlignedTextBuilder(parts.Count);
        var next = 0;
        foreach (var part in parts)
        {
            builder.Add(part.Point, text, part.Places > 0 ? next : Math.Max(0, next - 1));
            next += part.Places;
        }

        return builder.Build();
    }

    private void Decompose(int point, int places, List<Part> parts)
    {
        if (point is >= SyllableBase and < SyllableBase + Syllables)
        {
            var index = point - SyllableBase;
            parts.Add(new(LeadBase + (index / (Vowels * Tails)), places, 0));
            parts.Add(new(VowelBase + (index % (Vowels * Tails) / Tails), 0, 0));
            if (index % Tails > 0)
                parts.Add(new(TailBase + (index % Tails), 0, 0));
        }
        else if (s_data.Decompose(point, compatible) is { } from)
        {
            for (var i = 0; i < from.Length; i++)
                Decompose(from[i], i == 0 ? places : 0, parts);
        }
        else
            parts.Add(new(point, places, s_data.CombiningClass(point)));
    }

    /// <summary>Sorts each run of marks by combining class; marks of one class keep their order.</summary>
    private static void Order(List<Part> parts)
    {
        for (var first = 0; first < parts.Count; first++)
        {
            if (parts[first].Class == 0)
                continue;
            var last = first + 1;
            while (last < parts.Count && parts[last].Class != 0)
                last++;
            if (last - first > 1)
            {
                var ordered = parts.GetRange(first, last - first).OrderBy(part => part.Class).ToArray();
                for (var i = first; i < last; i++)
                    parts[i] = ordered[i - first];
            }

            first = last;
        }
    }

    private static void Compose(List<Part> parts)
    {
        var (used, starter, lastClass) = (0, -1, -1);
        foreach (var part in parts.ToArray())
        {
            var blocked = lastClass >= part.Class;  // -1: nothing stands between
            if (starter >= 0 && !blocked && Pair(parts[starter].Point, part.Point) is >= 0 and var whole)
            {
                parts[starter] = parts[starter] with { Point = whole, Places = parts[starter].Places + part.Places };
                continue;
            }

            if (part.Class == 0)
                (starter, lastClass) = (used, -1);
            else
                lastClass = part.Class;
            parts[used++] = part;
        }

        parts.RemoveRange(used, parts.Count - used);
    }

    private static int Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            return SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Tails);
        if (first is >= SyllableBase and < SyllableBase + Syllables && (first - SyllableBase) % Tails == 0 && second is > TailBase and < TailBase + Tails)
            return first + second - TailBase;
        return s_data.Compose(first, second);
    }

    /// <param name="Point">The code point.</param>
    /// <param name="Places">Code points of the original that it stands for; 0 for what a decomposition added.</param>
    /// <param name="Class">Combining class.</param>
    private readonly record struct Part(int Point, int Places, int Class);
}
