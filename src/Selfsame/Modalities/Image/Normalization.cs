using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>From interleaved bytes to planes of numbers: (value / 255 - mean) / std, in one pass, to the bit as torchvision's <c>ToTensor</c> and <c>Normalize</c>.</summary>
internal sealed class Normalization
{
    private readonly float[] _mean, _std;

    /// <param name="mean">One for each plane.</param>
    /// <param name="std">One for each plane, above 0.</param>
    public Normalization(IReadOnlyList<double> mean, IReadOnlyList<double> std) =>
        (_mean, _std) = ([.. mean.Select(value => (float)value)], [.. std.Select(value => (float)value)]);

    /// <summary>Fills the planes.</summary>
    /// <param name="image">(H, W, C) with C the number of planes, or (H, W, 1), which goes to every plane.</param>
    /// <param name="mirrored">Exchange left and right.</param>
    /// <param name="planes">Receives (planes, H, W).</param>
    public void Apply(ImageBuffer image, bool mirrored, Span<float> planes)
    {
        var area = image.Height * image.Width;
        if (image.Channels == 3)
        {
            Color(image, mirrored, planes[..area], planes.Slice(area, area), planes.Slice(2 * area, area));
            return;
        }
        for (var plane = 0; plane < _mean.Length; plane++)
            Grey(image, mirrored, plane, planes.Slice(plane * area, area));
    }

    private void Color(ImageBuffer image, bool mirrored, Span<float> red, Span<float> green, Span<float> blue)
    {
        const int Block = RgbBlocks.Size / 3;
        var width = image.Width;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Row(y);
            ref var first = ref MemoryMarshal.GetReference(row);
            var x = 0;
            for (; x + Block <= width; x += Block)
            {
                var pixels = RgbBlocks.Load(ref Unsafe.Add(ref first, 3 * x));
                var at = y * width + (mirrored ? width - Block - x : x);
                Store(Scale(RgbBlocks.Channel(pixels, 0), 0), mirrored, ref red[at]);
                Store(Scale(RgbBlocks.Channel(pixels, 1), 1), mirrored, ref green[at]);
                Store(Scale(RgbBlocks.Channel(pixels, 2), 2), mirrored, ref blue[at]);
            }
            for (; x < width; x++)
            {
                var at = y * width + (mirrored ? width - 1 - x : x);
                (red[at], green[at], blue[at]) = (Scale(row[3 * x], 0), Scale(row[3 * x + 1], 1), Scale(row[3 * x + 2], 2));
            }
        }
    }

    private void Grey(ImageBuffer image, bool mirrored, int plane, Span<float> values)
    {
        var width = image.Width;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < width; x++)
                values[y * width + (mirrored ? width - 1 - x : x)] = Scale(row[x], plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Scale(Vector256<int> values, int plane) =>
        (Vector256.ConvertToSingle(values) / Vector256.Create(255f) - Vector256.Create(_mean[plane])) / Vector256.Create(_std[plane]);

    private float Scale(byte value, int plane) => (value / 255f - _mean[plane]) / _std[plane];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> values, bool mirrored, ref float destination)
    {
        if (mirrored)
            values = Vector256.Shuffle(values, Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0));
        values.StoreUnsafe(ref destination);
    }
}
