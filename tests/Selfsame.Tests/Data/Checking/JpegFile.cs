using Selfsame.Modalities.Image;

namespace Selfsame.Tests.Data.Checking;

/// <summary>Writes baseline JPEG (ITU-T T.81, 4:4:4) with the tables of its annex K, scaled as the IJG's library does, so that tests can re-encode pictures.</summary>
internal static class JpegFile
{
    private static readonly byte[] s_zigzag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private static readonly byte[] s_luminance =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static readonly byte[] s_chrominance = [17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99, .. Enumerable.Repeat((byte)99, 32)];

    // One table of fixed-length codes serves every purpose: 8 bits for each of 0 .. 254.
    private static readonly byte[] s_symbols = [.. Enumerable.Range(0, 255).Select(i => (byte)i)];

    public static byte[] Encode(ImageBuffer picture, int quality)
    {
        var scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        int[][] tables = [Scaled(s_luminance, scale), Scaled(s_chrominance, scale)];
        var file = new List<byte> { 0xFF, 0xD8 };
        for (byte t = 0; t < 2; t++)
            Segment(file, 0xDB, [t, .. s_zigzag.Select(z => (byte)tables[t][z])]);
        Segment(file, 0xC0, [8, (byte)(picture.Height >> 8), (byte)picture.Height, (byte)(picture.Width >> 8), (byte)picture.Width, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
        byte[] lengths = [0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0];
        Segment(file, 0xC4, [0x00, .. lengths, .. s_symbols]);
        Segment(file, 0xC4, [0x10, .. lengths, .. s_symbols]);
        Segment(file, 0xDA, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);

        var bits = new BitWriter(file);
        Span<int> previous = stackalloc int[3];
        Span<double> block = stackalloc double[64], rows = stackalloc double[64];
        Span<int> coefficients = stackalloc int[64];
        for (var y = 0; y < picture.Height; y += 8)
        {
            for (var x = 0; x < picture.Width; x += 8)
            {
                for (var c = 0; c < 3; c++)
                {
                    Load(picture, x, y, c, block);
                    Transform(block, rows);
                    for (var k = 0; k < 64; k++)
                        coefficients[k] = (int)Math.Round(block[s_zigzag[k]] / tables[c == 0 ? 0 : 1][s_zigzag[k]]);
                    Write(bits, coefficients, ref previous[c]);
                }
            }
        }
        bits.Flush();
        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }

    private static int[] Scaled(byte[] table, int scale) => [.. table.Select(value => Math.Clamp((value * scale + 50) / 100, 1, 255))];

    private static void Segment(List<byte> file, byte marker, byte[] content) => file.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);

    private static void Load(ImageBuffer picture, int left, int top, int channel, Span<double> block)
    {
        for (var i = 0; i < 64; i++)
        {
            var pixel = picture.Row(Math.Min(picture.Height - 1, top + i / 8)).Slice(3 * Math.Min(picture.Width - 1, left + i % 8), 3);
            double r = pixel[0], g = pixel[1], b = pixel[2], luma = 0.299 * r + 0.587 * g + 0.114 * b;
            block[i] = channel switch { 0 => luma - 128, 1 => (b - luma) * 0.564, _ => (r - luma) * 0.713 };
        }
    }

    private static void Transform(Span<double> block, Span<double> rows)
    {
        for (var y = 0; y < 8; y++)
            for (var u = 0; u < 8; u++)
            {
                var sum = 0.0;
                for (var x = 0; x < 8; x++)
                    sum += block[8 * y + x] * Math.Cos((2 * x + 1) * u * Math.PI / 16);
                rows[8 * y + u] = sum * (u == 0 ? Math.Sqrt(0.125) : 0.5);
            }
        for (var v = 0; v < 8; v++)
            for (var u = 0; u < 8; u++)
            {
                var sum = 0.0;
                for (var y = 0; y < 8; y++)
                    sum += rows[8 * y + u] * Math.Cos((2 * y + 1) * v * Math.PI / 16);
                block[8 * v + u] = sum * (v == 0 ? Math.Sqrt(0.125) : 0.5);
            }
    }

    private static void Write(BitWriter bits, ReadOnlySpan<int> coefficients, ref int previous)
    {
        Value(bits, 0, coefficients[0] - previous);
        previous = coefficients[0];
        var zeros = 0;
        for (var k = 1; k < 64; k++)
        {
            if (coefficients[k] == 0)
            {
                zeros++;
                continue;
            }
            for (; zeros > 15; zeros -= 16)
                bits.Write(0xF0, 8);
            Value(bits, zeros, coefficients[k]);
            zeros = 0;
        }
        if (zeros > 0)
            bits.Write(0, 8);
    }

    private static void Value(BitWriter bits, int zeros, int value)
    {
        var size = value == 0 ? 0 : 1 + (int)Math.Log2(Math.Abs(value));
        bits.Write(zeros << 4 | size, 8);
        bits.Write(value < 0 ? value + (1 << size) - 1 : value, size);
    }

    private sealed class BitWriter(List<byte> file)
    {
        private int _bits, _count;

        public void Write(int value, int count)
        {
            for (var b = count - 1; b >= 0; b--)
            {
                _bits = _bits << 1 | value >> b & 1;
                if (++_count < 8)
                    continue;
                file.Add((byte)_bits);
                if (_bits == 0xFF)
                    file.Add(0);
                (_bits, _count) = (0, 0);
            }
        }

        public void Flush()
        {
            while (_count > 0)
                Write(1, 1);
        }
    }
}
