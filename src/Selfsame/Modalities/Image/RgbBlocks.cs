using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>What is done to eight RGB pixels at once.</summary>
internal interface IRgbKernel
{
    /// <param name="red">0..255.</param>
    /// <param name="green">0..255.</param>
    /// <param name="blue">0..255.</param>
    /// <returns>The new pixels, red in the lowest byte, the highest byte of no meaning.</returns>
    Vector256<int> Apply(Vector256<int> red, Vector256<int> green, Vector256<int> blue);
}

/// <summary>Walks over interleaved RGB pixels in blocks of eight.</summary>
internal static class RgbBlocks
{
    /// <summary>Bytes of a block.</summary>
    public const int Size = 24;

    /// <summary>Replaces every pixel. The kernel is a struct, so that the loop is compiled for it.</summary>
    public static void Map<TKernel>(Span<byte> rgb, TKernel kernel) where TKernel : struct, IRgbKernel
    {
        ref var first = ref MemoryMarshal.GetReference(rgb);
        var whole = rgb.Length / Size * Size;
        for (var i = 0; i < whole; i += Size)
        {
            ref var block = ref Unsafe.Add(ref first, i);
            Store(Apply(Load(ref block), kernel), ref block);
        }
        if (whole == rgb.Length)
            return;
        Span<byte> rest = stackalloc byte[Size];
        rest.Clear();
        rgb[whole..].CopyTo(rest);
        ref var spill = ref MemoryMarshal.GetReference(rest);
        Store(Apply(Load(ref spill), kernel), ref spill);
        rest[..(rgb.Length - whole)].CopyTo(rgb[whole..]);
    }

    /// <summary>Eight pixels, one to an integer: red in the lowest byte, the highest byte zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(ref byte block)
    {
        // The second read starts inside of the block, so that nothing past it is touched.
        var low = Vector128.Shuffle(Vector128.LoadUnsafe(ref block), Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255));
        var high = Vector128.Shuffle(Vector128.LoadUnsafe(ref block, 8), Vector128.Create((byte)4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255, 13, 14, 15, 255));
        return Vector256.Create(low, high).AsInt32();
    }

    /// <summary>Writes eight pixels; the highest byte of each integer is dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> pixels, ref byte block)
    {
        var (low, high) = (pixels.GetLower().AsByte(), pixels.GetUpper().AsByte());
        var start = Vector128.Shuffle(low, Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255))
            | Vector128.Shuffle(high, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 4));
        var end = Vector128.Shuffle(high, Vector128.Create((byte)5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255, 255, 255, 255, 255));
        start.StoreUnsafe(ref block);
        end.GetLower().StoreUnsafe(ref block, 16);
    }

    /// <summary>One channel of packed pixels, 0..255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Channel(Vector256<int> pixels, int channel) => (pixels >>> (8 * channel)) & Vector256.Create(255);

    /// <summary>Brightness as Pillow's mode L: (19595 R + 38470 G + 7471 B + 32768) / 65536.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Luma(Vector256<int> red, Vector256<int> green, Vector256<int> blue) =>
        (red * 19595 + green * 38470 + blue * 7471 + Vector256.Create(32768)) >>> 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Apply<TKernel>(Vector256<int> pixels, TKernel kernel) where TKernel : struct, IRgbKernel =>
        kernel.Apply(Channel(pixels, 0), Channel(pixels, 1), Channel(pixels, 2));
}
