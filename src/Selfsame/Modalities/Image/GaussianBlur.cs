using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>Pillow's <c>GaussianBlur</c>, to the bit: three box blurs of a fractional radius along rows, then three along columns, 8 bits after each.</summary>
/// <remarks>Gwosdek et al. 2011, "Theoretical foundations of Gaussian convolution by extended box filtering", https://doi.org/10.1007/978-3-642-24785-9_38. Not a sampled Gaussian, yet the blur of BYOL, MoCo v3 and DINO.</remarks>
public static unsafe class GaussianBlur
{
    /// <summary>Largest standard deviation; beyond it sums would not fit into 16 bits.</summary>
    public const double LargestSigma = 100;

    private const int Passes = 3;
    private const int FractionBits = 24;
    private const int Block = 16;

    /// <summary>Blurs a picture in place; borders repeat the edge.</summary>
    /// <param name="image">(H, W, C).</param>
    /// <param name="sigma">Standard deviation in pixels, 0..<see cref="LargestSigma"/>; Pillow calls it radius.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sigma"/> is outside of its range.</exception>
    public static void Apply(ImageBuffer image, double sigma)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (sigma is not (>= 0 and <= LargestSigma))
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, $"the standard deviation of a blur lies in 0..{LargestSigma} pixels");
        var box = BoxRadius((float)sigma);
        if (box == 0)
            return;
        var radius = (int)box;
        var inner = (uint)((1 << FractionBits) / (box * 2 + 1));
        var outer = ((1u << FractionBits) - (uint)(radius * 2 + 1) * inner) / 2;
        AlongRows(image, radius, inner, outer);
        AlongColumns(image, radius, inner, outer);
    }

    /// <summary>Radius of the box whose threefold blur has the given standard deviation. Single precision where Pillow has it.</summary>
    internal static float BoxRadius(float sigma)
    {
        var variance = sigma * sigma / Passes;
        var length = (float)Math.Sqrt(12.0 * variance + 1.0);
        var whole = (float)Math.Floor((length - 1.0) / 2.0);
        var part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
        part /= 6 * (variance - (whole + 1) * (whole + 1));
        return whole + part;
    }

    private static void AlongRows(ImageBuffer image, int radius, uint inner, uint outer)
    {
        // Two lines that take turns, with the edge repeated on both sides: a neighbour is simply so many bytes away.
        var (channels, length) = (image.Channels, image.Width * image.Channels);
        var margin = (radius + 1) * channels;
        var pitch = margin + length + Math.Max(margin, Block) + Block;
        var lines = ArrayPool<byte>.Shared.Rent(2 * pitch);
        fixed (byte* first = lines)
        {
            byte* from = first + margin, to = from + pitch;
            for (var y = 0; y < image.Height; y++)
            {
                var row = image.Row(y);
                row.CopyTo(new Span<byte>(from, length));
                for (var pass = 0; pass < Passes; pass++)
                {
                    Extend(from, length, margin, channels);
                    Pass(from, to, length, channels, radius, inner, outer);
                    Swap(ref from, ref to);
                }
                new ReadOnlySpan<byte>(from, length).CopyTo(row);
            }
        }
        ArrayPool<byte>.Shared.Return(lines);
    }

    private static void AlongColumns(ImageBuffer image, int radius, uint inner, uint outer)
    {
        // The same with a row as the distance between neighbours: the whole picture is one line.
        var row = image.Width * image.Channels;
        var length = image.Height * row;
        var margin = checked((radius + 1) * row);
        var pitch = checked(margin + length + Math.Max(margin, Block) + Block);
        var lines = ArrayPool<byte>.Shared.Rent(checked(2 * pitch));
        fixed (byte* first = lines)
        {
            byte* from = first + margin, to = from + pitch;
            image.Pixels.CopyTo(new Span<byte>(from, length));
            for (var pass = 0; pass < Passes; pass++)
            {
                Extend(from, length, margin, row);
                Pass(from, to, length, row, radius, inner, outer);
                Swap(ref from, ref to);
            }
            new ReadOnlySpan<byte>(from, length).CopyTo(image.Pixels);
        }
        ArrayPool<byte>.Shared.Return(lines);
    }

    private static void Swap(ref byte* a, ref byte* b)
    {
        var kept = a;
        a = b;
        b = kept;
    }

    // Repeats the first and the last step of a line.
    private static void Extend(byte* line, int length, int margin, int step)
    {
        for (var at = step; at <= margin; at += step)
        {
            Unsafe.CopyBlockUnaligned(line - at, line, (uint)step);
            Unsafe.CopyBlockUnaligned(line + length + at - step, line + length - step, (uint)step);
        }
    }

    // out = (inner * sum of 2 radius + 1 neighbours + outer * the two beyond + half) >> 24; whatever follows the line may be overwritten.
    private static void Pass(byte* from, byte* to, int length, nint step, int radius, uint inner, uint outer)
    {
        var reach = (radius + 1) * step;
        var (innerV, outerV, half) = (Vector256.Create(inner), Vector256.Create(outer), Vector256.Create(1u << (FractionBits - 1)));
        for (var x = 0; x < length; x += Block)
        {
            var source = from + x;
            var edges = Simd.Load16(source - reach) + Simd.Load16(source + reach);
            var sum = Simd.Load16(source);
            for (var distance = step; distance < reach; distance += step)
                sum += Simd.Load16(source - distance) + Simd.Load16(source + distance);

            var (sumLow, sumHigh) = Vector256.Widen(sum);
            var (edgesLow, edgesHigh) = Vector256.Widen(edges);
            var low = (sumLow * innerV + edgesLow * outerV + half) >>> FractionBits;
            var high = (sumHigh * innerV + edgesHigh * outerV + half) >>> FractionBits;
            var words = Vector256.Narrow(low, high);
            Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(to + x);
        }
    }
}
