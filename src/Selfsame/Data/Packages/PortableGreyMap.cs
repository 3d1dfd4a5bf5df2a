using System.Globalization;
using System.Text;

namespace Selfsame.Data.Packages;

/// <summary>Reads the binary grey pictures of Netpbm (<c>P5</c>), 8 bits.</summary>
internal static class PortableGreyMap
{
    /// <summary>Size, and where the pixels lie in the file, row by row.</summary>
    /// <exception cref="FormatException">It is none, or ends too early.</exception>
    public static (int Height, int Width, Range Pixels) Read(ReadOnlySpan<byte> file)
    {
        var at = 2;
        if (!file.StartsWith("P5"u8) || Number(file, ref at) is not (> 0 and < 1 << 15 and var width) || Number(file, ref at) is not (> 0 and < 1 << 15 and var height) || Number(file, ref at) is not (> 0 and < 256))
            throw new FormatException("it is no grey picture of 8 bits (P5)");
        var (start, length) = (at + 1, height * width); // one blank ends the header
        if (file.Length < start + length)
            throw new FormatException($"it ends after {file.Length} bytes; {width} x {height} pixels need {start + length}");
        return (height, width, start..(start + length));
    }

    private static int? Number(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length && (char.IsWhiteSpace((char)file[at]) || file[at] == '#'))
        {
            if (file[at] == '#')
                at += Math.Max(0, file[at..].IndexOf((byte)'\n'));
            at++;
        }
        var first = at;
        while (at < file.Length && char.IsAsciiDigit((char)file[at]))
            at++;
        return int.TryParse(Encoding.ASCII.GetString(file[first..at]), CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
