using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>Brightness, contrast, saturation, hue and grey of 8-bit pictures, in place and to the bit as Pillow and torchvision's functions on Pillow pictures.</summary>
/// <remarks>On a grey picture saturation, hue and grey change nothing. RGBA is refused: lay it on a background first.</remarks>
public static class ColorOps
{
    private const int SumBlock = RgbBlocks.Size << 16;   // so many bytes never overflow a 32-bit sum of brightness

    /// <summary>Blends with black.</summary>
    /// <param name="image">(H, W, 1 or 3).</param>
    /// <param name="factor">0 is black, 1 the picture; not negative.</param>
    public static void Brightness(ImageBuffer image, double factor) => Blend(Opaque(image).Pixels, 0, (float)factor);

    /// <summary>Blends with the mean brightness of the picture, rounded to 8 bits.</summary>
    /// <param name="image">(H, W, 1 or 3).</param>
    /// <param name="factor">0 is plain grey, 1 the picture; not negative.</param>
    public static void Contrast(ImageBuffer image, double factor)
    {
        var pixels = Opaque(image).Pixels;
        var sum = image.Channels == 1 ? SumOf(pixels) : SumOfLuma(pixels);
        var mean = (int)((double)sum / (image.Height * image.Width) + 0.5);
        Blend(pixels, mean, (float)factor);
    }

    /// <summary>Blends every pixel with its own brightness.</summary>
    /// <param name="image">(H, W, 1 or 3).</param>
    /// <param name="factor">0 is grey, 1 the picture; not negative.</param>
    public static void Saturation(ImageBuffer image, double factor)
    {
        if (Opaque(image).Channels == 3)
            RgbBlocks.Map(image.Pixels, new SaturationKernel((float)factor));
    }

    /// <summary>Turns the hue, through Pillow's 8-bit HSV.</summary>
    /// <param name="image">(H, W, 1 or 3).</param>
    /// <param name="factor">Share of the circle, -0.5..0.5. 0 is not the identity: 8-bit HSV holds fewer colours than RGB.</param>
    public static void Hue(ImageBuffer image, double factor)
    {
        if (Opaque(image).Channels == 3)
            RgbBlocks.Map(image.Pixels, new HueKernel((int)(factor * 255) & 255));
    }

    /// <summary>Puts the brightness in every channel.</summary>
    /// <param name="image">(H, W, 1 or 3).</param>
    public static void Grey(ImageBuffer image)
    {
        if (Opaque(image).Channels == 3)
            RgbBlocks.Map(image.Pixels, default(GreyKernel));
    }

    /// <summary>Brightness as a picture of one channel.</summary>
    /// <param name="image">(H, W, 3); left as it is.</param>
    /// <returns>(H, W, 1), owned by the caller.</returns>
    public static ImageBuffer ToGrey(ImageBuffer image)
    {
        if (Opaque(image).Channels == 1)
            return image.Clone();
        var result = new ImageBuffer(image.Height, image.Width, 1);
        var from = image.Pixels;
        var to = result.Pixels;
        for (int i = 0, at = 0; i < to.Length; i++, at += 3)
            to[i] = (byte)((19595 * from[at] + 38470 * from[at + 1] + 7471 * from[at + 2] + 32768) >> 16);
        return result;
    }

    /// <summary>value + (pixel - value) * factor in single precision, cut off to 0..255 and truncated.</summary>
    private static void Blend(Span<byte> pixels, int value, float factor)
    {
        if (factor == 1)
            return;
        ref var first = ref MemoryMarshal.GetReference(pixels);
        var kernel = new BlendKernel(factor);
        var from = Vector256.Create((float)value);
        var i = 0;
        for (; i + Vector256<byte>.Count <= pixels.Length; i += Vector256<byte>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)i));
            var (a, b) = Vector256.Widen(low);
            var (c, d) = Vector256.Widen(high);
            Simd.ToBytes(kernel.Mix(from, a.AsInt32()), kernel.Mix(from, b.AsInt32()), kernel.Mix(from, c.AsInt32()), kernel.Mix(from, d.AsInt32()))
                .StoreUnsafe(ref first, (nuint)i);
        }
        for (; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(value + factor * (pixels[i] - value), 0f, 255f);
    }

    private static long SumOf(ReadOnlySpan<byte> pixels)
    {
        var sum = 0L;
        foreach (var pixel in pixels)
            sum += pixel;
        return sum;
    }

    private static long SumOfLuma(ReadOnlySpan<byte> pixels)
    {
        var total = 0L;
        while (pixels.Length >= RgbBlocks.Size)
        {
            ref var first = ref MemoryMarshal.GetReference(pixels);
            var sum = Vector256<int>.Zero;
            var end = Math.Min(SumBlock, pixels.Length / RgbBlocks.Size * RgbBlocks.Size);
            for (var i = 0; i < end; i += RgbBlocks.Size)
            {
                var block = RgbBlocks.Load(ref Unsafe.Add(ref first, i));
                sum += RgbBlocks.Luma(RgbBlocks.Channel(block, 0), RgbBlocks.Channel(block, 1), RgbBlocks.Channel(block, 2));
            }
            total += Vector256.Sum(sum);
            pixels = pixels[end..];
        }
        for (var i = 0; i < pixels.Length; i += 3)
            total += (19595 * pixels[i] + 38470 * pixels[i + 1] + 7471 * pixels[i + 2] + 32768) >> 16;
        return total;
    }

    private static ImageBuffer Opaque(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.Channels != 4 ? image : throw new ArgumentException("The picture has an alpha channel; lay it on a background first (Alpha.Composite).", nameof(image));
    }
}
