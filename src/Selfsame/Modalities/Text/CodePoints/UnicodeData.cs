using System.Globalization;

namespace Selfsame.Modalities.Text.CodePoints;

/// <summary>Combining classes and decompositions of Unicode, from the table that lies in this library: the runtime knows none without ICU.</summary>
internal sealed class UnicodeData
{
    private static readonly Lazy<UnicodeData> s_instance = new(() => new UnicodeData());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _pairs = [];

    private UnicodeData()
    {
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("Selfsame.Unicode.decompositions.txt")
            ?? throw new InvalidOperationException("the library lacks its table of decompositions; build it again");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var parts = line.Split(' ');
            if (parts[0] == "c")
            {
                for (var point = Hex(parts[1]); point <= Hex(parts[2]); point++)
                    _classes[point] = byte.Parse(parts[3], CultureInfo.InvariantCulture);
                continue;
            }

            var from = Array.ConvertAll(parts[2..], Hex);
            (parts[0] == "k" ? _compatible : _canonical)[Hex(parts[1])] = from;
            if (parts[0] == "d")
                _pairs[(from[0], from[1])] = Hex(parts[1]);
        }
    }

    /// <summary>Read once, on first use.</summary>
    public static UnicodeData Instance => s_instance.Value;

    /// <summary>Canonical combining class; 0 for a starter.</summary>
    public int CombiningClass(int point) => point < 0x300 ? 0 : _classes.GetValueOrDefault(point);

    /// <summary>One step of decomposition; null where there is none.</summary>
    /// <param name="point">The code point.</param>
    /// <param name="compatible">Also take look-alikes apart, such as ligatures.</param>
    public int[]? Decompose(int point, bool compatible)
    {
        if (point < 0xA0)
            return null;
        return _canonical.GetValueOrDefault(point) ?? (compatible ? _compatible.GetValueOrDefault(point) : null);
    }

    /// <summary>What a pair composes to; -1 for nothing.</summary>
    public int Compose(int first, int second) => _pairs.GetValueOrDefault((first, second), -1);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
