using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>The two inner loops of <see cref="Resample"/>. Integer sums wrap, so their order does not matter and vectors give the bits of the plain loop.</summary>
internal static unsafe class ResampleKernels
{
    /// <summary>Bytes that may be read or written past the last row.</summary>
    public const int Slack = 256;

    private const int Block = 32;
    private const int RowsAtOnce = 4;
    private const int Half = 1 << (ResampleTable.FractionBits - 1);

    /// <summary>Distance between rows of <paramref name="length"/> bytes: whole blocks, and room for one write beyond the end.</summary>
    public static int PitchOf(int length) => (length + sizeof(int) + Block - 1) / Block * Block;

    /// <summary>Changes the width: picture to (box height, pitch).</summary>
    public static void Rows(ImageBuffer image, CropBox box, ResampleTable table, byte[] destination, int pitch, int width)
    {
        var pixels = image.Pixels;
        var channels = image.Channels;
        var stride = image.Width * channels;
        var scratchPitch = PitchOf(box.Width * channels) + Slack;
        Span<byte> scratch = stackalloc byte[0];
        byte[]? rented = null;
        fixed (byte* target = destination)
        fixed (byte* source = pixels)
        {
            var rows = stackalloc byte*[RowsAtOnce];
            var targets = stackalloc byte*[RowsAtOnce];
            for (var y = 0; y < box.Height; y += RowsAtOnce)
            {
                // A last group that is not full does its last row more than once.
                var last = Math.Min(y + RowsAtOnce, box.Height) - 1;
                var beyond = (box.Top + last) * stride + (box.Left + box.Width) * channels + Slack > pixels.Length;
                if (beyond && rented is null)
                    scratch = rented = ArrayPool<byte>.Shared.Rent(scratchPitch * RowsAtOnce);
                fixed (byte* copy = scratch)
                {
                    for (var i = 0; i < RowsAtOnce; i++)
                    {
                        var row = Math.Min(y + i, last);
                        var from = (box.Top + row) * stride + box.Left * channels;
                        targets[i] = target + row * pitch;
                        rows[i] = beyond ? copy + i * scratchPitch : source + from;
                        if (beyond)
                            pixels.Slice(from, box.Width * channels).CopyTo(scratch[(i * scratchPitch)..]);
                    }
                    switch (channels)
                    {
                        case 1:
                            Grey(rows, targets, table, width);
                            break;
                        case 3:
                            Colour(rows, targets, table, width, 3, Vector128.Create((byte)0, 3, 1, 4, 2, 5, 0, 0, 6, 9, 7, 10, 8, 11, 0, 0));
                            break;
                        default:
                            Colour(rows, targets, table, width, 4, Vector128.Create((byte)0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15));
                            break;
                    }
                }
            }
        }
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Changes the height: (rows, pitch) to picture.</summary>
    public static void Columns(byte[] source, int pitch, ResampleTable table, ImageBuffer result)
    {
        var pixels = result.Pixels;
        var length = result.Width * result.Channels;
        fixed (byte* from = source)
        fixed (byte* to = pixels)
        fixed (int* weights = table.Weights)
        {
            var spill = stackalloc byte[Block];
            for (var y = 0; y < result.Height; y++)
            {
                var first = from + table.Start[y] * pitch;
                var row = weights + y * table.Stride;
                var count = table.Count[y];
                for (var x = 0; x < length; x += Block)
                {
                    var values = ColumnBlock(first + x, pitch, row, count);
                    // What is written past the end of a row is overwritten by the next; past the last row nothing may be.
                    var at = y * length + x;
                    if (at + Block <= pixels.Length)
                    {
                        values.Store(to + at);
                        continue;
                    }
                    values.Store(spill);
                    new ReadOnlySpan<byte>(spill, length - x).CopyTo(pixels[at..]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> ColumnBlock(byte* source, int pitch, int* weights, int count)
    {
        var (a, b, c, d) = (Vector256.Create(Half), Vector256.Create(Half), Vector256.Create(Half), Vector256.Create(Half));
        for (var tap = 0; tap < count; tap++, source += pitch)
        {
            var weight = Vector256.Create(weights[tap]);
            a += Simd.Load8(source) * weight;
            b += Simd.Load8(source + 8) * weight;
            c += Simd.Load8(source + 16) * weight;
            d += Simd.Load8(source + 24) * weight;
        }
        return Simd.ToBytes(Descale(a), Descale(b), Descale(c), Descale(d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Descale(Vector256<int> sum) => Simd.Clip(sum >> ResampleTable.FractionBits);

    // Four source pixels a step: bytes become (r0 r1 g0 g1 b0 b1 . .)(r2 r3 g2 g3 b2 b3 . .), where the points are never looked at, so that one multiply-add of pairs serves two taps of every channel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Colour(byte** rows, byte** targets, ResampleTable table, int width, int channels, Vector128<byte> pairs)
    {
        byte* row0 = rows[0], row1 = rows[1], row2 = rows[2], row3 = rows[3];
        byte* to0 = targets[0], to1 = targets[1], to2 = targets[2], to3 = targets[3];
        var spread = Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1);
        fixed (short* low = table.Low, high = table.High)
        fixed (int* start = table.Start, count = table.Count)
        {
            for (var x = 0; x < width; x++)
            {
                Vector256<int> low0 = default, low1 = default, low2 = default, low3 = default;
                Vector256<int> high0 = default, high1 = default, high2 = default, high3 = default;
                nint at = start[x] * channels;
                var weight = x * table.Stride;
                for (var end = weight + count[x]; weight < end; weight += 4, at += 4 * channels)
                {
                    var lows = Vector256.Shuffle(Vector256.Create(*(long*)(low + weight)).AsInt32(), spread).AsInt16();
                    var highs = Vector256.Shuffle(Vector256.Create(*(long*)(high + weight)).AsInt32(), spread).AsInt16();
                    var pixels0 = Pairs(row0 + at, pairs);
                    var pixels1 = Pairs(row1 + at, pairs);
                    var pixels2 = Pairs(row2 + at, pairs);
                    var pixels3 = Pairs(row3 + at, pairs);
                    low0 += Simd.DotPairs(pixels0, lows);
                    low1 += Simd.DotPairs(pixels1, lows);
                    low2 += Simd.DotPairs(pixels2, lows);
                    low3 += Simd.DotPairs(pixels3, lows);
                    high0 += Simd.DotPairs(pixels0, highs);
                    high1 += Simd.DotPairs(pixels1, highs);
                    high2 += Simd.DotPairs(pixels2, highs);
                    high3 += Simd.DotPairs(pixels3, highs);
                }
                var packed = Vector128.Narrow(
                    Vector128.Narrow(Finish(low0, high0), Finish(low1, high1)).AsUInt16(),
                    Vector128.Narrow(Finish(low2, high2), Finish(low3, high3)).AsUInt16()).AsUInt32();
                *(uint*)(to0 + x * channels) = packed[0];
                *(uint*)(to1 + x * channels) = packed[1];
                *(uint*)(to2 + x * channels) = packed[2];
                *(uint*)(to3 + x * channels) = packed[3];
            }
        }
    }

    private static void Grey(byte** rows, byte** targets, ResampleTable table, int width)
    {
        fixed (short* low = table.Low, high = table.High)
        {
            for (var x = 0; x < width; x++)
            {
                for (var i = 0; i < RowsAtOnce; i++)
                {
                    Vector128<int> lows = default, highs = default;
                    var source = rows[i] + table.Start[x];
                    var weight = x * table.Stride;
                    for (var end = weight + table.Count[x]; weight < end; weight += 8, source += 8)
                    {
                        var pixels = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte()).AsInt16();
                        lows += Simd.DotPairs(pixels, Vector128.Load(low + weight));
                        highs += Simd.DotPairs(pixels, Vector128.Load(high + weight));
                    }
                    var sum = Vector128.Sum((highs << ResampleTable.LowBits) + lows) + Half;
                    targets[i][x] = (byte)Math.Clamp(sum >> ResampleTable.FractionBits, 0, 255);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pairs(byte* source, Vector128<byte> pairs) =>
        Vector256.WidenLower(Vector128.ShuffleNative(Vector128.Load(source), pairs).ToVector256Unsafe()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Finish(Vector256<int> low, Vector256<int> high)
    {
        var sum = (high << ResampleTable.LowBits) + low;
        var value = (sum.GetLower() + sum.GetUpper() + Vector128.Create(Half)) >> ResampleTable.FractionBits;
        return Vector128.Min(Vector128.Max(value, Vector128<int>.Zero), Vector128.Create(255));
    }
}
