using System.Text;

namespace Selfsame.Modalities.Text.CodePoints;

/// <summary>A printable character for each byte, as GPT-2 has them: 33 to 126, 161 to 172 and 174 to 255 stand for themselves, the others are U+0100 and following in order.</summary>
/// <remarks>Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2; the table is that of the official code.</remarks>
internal static class ByteAlphabet
{
    private static readonly char[] s_ofByte = Make();
    private static readonly short[] s_ofPoint = Reverse();

    /// <summary>The character of a byte.</summary>
    public static char Of(byte value) => s_ofByte[value];

    /// <summary>The byte of a character; -1 for one that stands for none.</summary>
    public static int ByteOf(int point) => point < s_ofPoint.Length ? s_ofPoint[point] : -1;

    /// <summary>All characters, those that stand for themselves first, then the others, each in the order of their bytes.</summary>
    public static IEnumerable<char> InTableOrder() =>
        Enumerable.Range(0, 256).Where(IsPrintable).Concat(Enumerable.Range(0, 256).Where(b => !IsPrintable(b))).Select(b => s_ofByte[b]);

    /// <summary>A text with its bytes written as characters; those of one code point all keep its place.</summary>
    public static AlignedText Map(AlignedText text)
    {
        var builder = new AlignedTextBuilder(text.Length + 8);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var count = new Rune(text.Points[i]).EncodeToUtf8(bytes);
            foreach (var value in bytes[..count])
                builder.Add(s_ofByte[value], text, i);
        }

        return builder.Build();
    }

    private static bool IsPrintable(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);

    private static char[] Make()
    {
        var (table, next) = (new char[256], 256);
        for (var value = 0; value < 256; value++)
            table[value] = (char)(IsPrintable(value) ? value : next++);
        return table;
    }

    private static short[] Reverse()
    {
        var table = new short[s_ofByte.Max() + 1];
        Array.Fill(table, (short)-1);
        for (var value = 0; value < 256; value++)
            table[s_ofByte[value]] = (short)value;
        return table;
    }
}
