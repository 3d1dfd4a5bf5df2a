using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>
/// Eight frames of a sound side by side: element t of a block holds sample (or bin) t of all eight. Whatever is done to one frame is then one vector instruction for eight,
/// without a shuffle, for any length of frame, and a frame's result does not depend on its neighbours.
/// </summary>
internal static class FrameLanes
{
    /// <summary>Frames in a block.</summary>
    public const int Count = 8;

    /// <summary>Memory of a rented array as blocks.</summary>
    public static Span<Vector256<float>> AsLanes(this float[] memory, int start, int length) =>
        MemoryMarshal.Cast<float, Vector256<float>>(memory.AsSpan(start * Count, length * Count));

    /// <summary>Loads frames <paramref name="frame"/> .. + 7; those behind the last one repeat it.</summary>
    /// <param name="signal">The sound, padded.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    /// <param name="offset">Samples before the part of frame 0 that is loaded.</param>
    /// <param name="frame">First frame.</param>
    /// <param name="frames">Frames there are.</param>
    /// <param name="block">Receives as many samples of each frame as it is long.</param>
    public static void Load(ReadOnlySpan<float> signal, int hop, int offset, int frame, int frames, Span<Vector256<float>> block)
    {
        var (last, length) = (frames - 1 - frame, block.Length);
        var a = Lane(signal, 0);
        var b = Lane(signal, 1);
        var c = Lane(signal, 2);
        var d = Lane(signal, 3);
        var e = Lane(signal, 4);
        var f = Lane(signal, 5);
        var g = Lane(signal, 6);
        var h = Lane(signal, 7);
        for (var t = 0; t < length; t++)
            block[t] = Vector256.Create(a[t], b[t], c[t], d[t], e[t], f[t], g[t], h[t]);

        ReadOnlySpan<float> Lane(ReadOnlySpan<float> from, int lane) => from.Slice((frame + Math.Min(lane, last)) * hop + offset, length);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes next to each other.</summary>
    public static void Store(Vector256<float> value, Span<float> destination, int count)
    {
        if (count >= Count)
        {
            value.StoreUnsafe(ref MemoryMarshal.GetReference(destination[..Count]));
            return;
        }
        for (var lane = 0; lane < count; lane++)
            destination[lane] = value.GetElement(lane);
    }
}
