using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>Operations that look at one value at a time, in place, to the bit as Pillow's <c>ImageOps</c>.</summary>
public static class PointOps
{
    /// <summary>Turns values at or above a threshold into 255 less themselves.</summary>
    /// <param name="image">(H, W, C).</param>
    /// <param name="threshold">0 inverts everything, 256 nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is outside of 0..256.</exception>
    public static void Solarize(ImageBuffer image, int threshold = 128)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 256);
        if (threshold == 256)
            return;
        var pixels = image.Pixels;
        ref var first = ref MemoryMarshal.GetReference(pixels);
        var limit = Vector256.Create((byte)threshold);
        var i = 0;
        for (; i + Vector256<byte>.Count <= pixels.Length; i += Vector256<byte>.Count)
        {
            var values = Vector256.LoadUnsafe(ref first, (nuint)i);
            (values ^ Vector256.GreaterThanOrEqual(values, limit)).StoreUnsafe(ref first, (nuint)i);
        }
        for (; i < pixels.Length; i++)
            if (pixels[i] >= threshold)
                pixels[i] = (byte)~pixels[i];
    }

    /// <summary>255 less each value.</summary>
    public static void Invert(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        TensorPrimitives.OnesComplement(image.Pixels, image.Pixels);
    }

    /// <summary>Keeps the high bits of each value and clears the others.</summary>
    /// <param name="image">(H, W, C).</param>
    /// <param name="bits">0..8.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is outside of 0..8.</exception>
    public static void Posterize(ImageBuffer image, int bits)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        TensorPrimitives.BitwiseAnd(image.Pixels, (byte)(0xFF << (8 - bits)), image.Pixels);
    }

    /// <summary>Stretches each channel so that its smallest value becomes 0 and its largest 255.</summary>
    public static void AutoContrast(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Span<int> counts = stackalloc int[256];
        Span<byte> map = stackalloc byte[256];
        for (var channel = 0; channel < image.Channels; channel++)
        {
            Count(image, channel, counts);
            int low = counts.IndexOfAnyExcept(0), high = counts.LastIndexOfAnyExcept(0);
            if (high <= low)
                continue;
            var scale = 255.0 / (high - low);
            var offset = -low * scale;
            for (var i = 0; i < map.Length; i++)
                map[i] = (byte)Math.Clamp((int)(i * scale + offset), 0, 255);
            Replace(image, channel, map);
        }
    }

    /// <summary>Spreads the values of each channel so that all become about equally frequent.</summary>
    public static void Equalize(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Span<int> counts = stackalloc int[256];
        Span<byte> map = stackalloc byte[256];
        for (var channel = 0; channel < image.Channels; channel++)
        {
            Count(image, channel, counts);
            int low = counts.IndexOfAnyExcept(0), high = counts.LastIndexOfAnyExcept(0);
            var step = (image.Height * image.Width - counts[high]) / 255;
            if (high <= low || step == 0)
                continue;
            var below = step / 2;
            for (var i = 0; i < map.Length; i++)
            {
                map[i] = (byte)Math.Min(255, below / step);
                below += counts[i];
            }
            Replace(image, channel, map);
        }
    }

    private static void Count(ImageBuffer image, int channel, Span<int> counts)
    {
        counts.Clear();
        var pixels = image.Pixels;
        for (var i = channel; i < pixels.Length; i += image.Channels)
            counts[pixels[i]]++;
    }

    private static void Replace(ImageBuffer image, int channel, ReadOnlySpan<byte> map)
    {
        var pixels = image.Pixels;
        for (var i = channel; i < pixels.Length; i += image.Channels)
            pixels[i] = map[pixels[i]];
    }
}
