using System.Numerics.Tensors;

namespace Selfsame.Modalities.Image;

/// <summary>Resizes planes of numbers as torch's <c>interpolate</c> does, corners not aligned.</summary>
/// <remarks>
/// Without antialiasing a new pixel is blended from its nearest 2 or 4 neighbours along each axis, however far it shrinks, and the border is repeated; the cubic's parameter is -0.75.
/// With it the kernel widens as the picture shrinks, taps outside are left out, and the parameter is -0.5.
/// Whole numbers often lie exactly between two, and the last bit decides. So positions, weights and sums have the precision, and the fused multiply-adds, of torch 1.13 on a processor with AVX2.
/// </remarks>
public static class PlanarResample
{
    /// <summary>Resizes a rectangle of a picture.</summary>
    /// <param name="image">(C, H, W).</param>
    /// <param name="box">What to take; outside of the picture lie zeros.</param>
    /// <param name="height">New rows, at least 1.</param>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="interpolation">Nearest, bilinear or bicubic.</param>
    /// <param name="antialias">Average over all source pixels when shrinking. Nearest has no such thing.</param>
    /// <returns>(C, height, width); whole numbers are rounded half to even, those of bicubic cut off to 0..255 before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the interpolation another.</exception>
    public static PlanarImage Apply(PlanarImage image, CropBox box, int height, int width, Interpolation interpolation, bool antialias)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (interpolation is not (Interpolation.Nearest or Interpolation.Bilinear or Interpolation.Bicubic))
            throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "planes are resized by nearest, bilinear or bicubic");
        var cut = image.Crop(box);
        var columns = Taps.Of(cut.Width, width, interpolation, antialias);
        var rows = Taps.Of(cut.Height, height, interpolation, antialias);
        var result = image.Like(height, width);
        var between = new float[cut.Height * width];
        for (var c = 0; c < image.Channels; c++)
        {
            AlongRows(cut.Plane(c), cut.Width, columns, between, width);
            AlongColumns(between, width, rows, result.Plane(c));
        }
        if (image.Type == PlanarType.Byte)
            foreach (ref var value in result.Values.AsSpan())
                value = MathF.Round(interpolation == Interpolation.Bicubic ? Math.Clamp(value, 0, 255) : value);
        return result;
    }

    private static void AlongRows(ReadOnlySpan<float> from, int fromWidth, Taps taps, Span<float> to, int width)
    {
        for (int start = 0, at = 0; start < from.Length; start += fromWidth)
        {
            var row = from.Slice(start, fromWidth);
            for (var x = 0; x < width; x++)
            {
                var sum = 0f;
                var first = x * taps.Stride;
                for (var tap = 0; tap < taps.Counts[x]; tap++)
                {
                    var (value, weight) = (row[taps.Places[first + tap]], taps.Weights[first + tap]);
                    sum = taps.IsFused(x, tap) ? MathF.FusedMultiplyAdd(value, weight, sum) : sum + value * weight;
                }
                to[at++] = sum;
            }
        }
    }

    private static void AlongColumns(ReadOnlySpan<float> from, int width, Taps taps, Span<float> to)
    {
        to.Clear();
        for (var y = 0; y < taps.Counts.Length; y++)
        {
            var sum = to.Slice(y * width, width);
            var first = y * taps.Stride;
            for (var tap = 0; tap < taps.Counts[y]; tap++)
            {
                var row = from.Slice(taps.Places[first + tap] * width, width);
                if (taps.IsFused(y, tap))
                {
                    TensorPrimitives.FusedMultiplyAdd(row, taps.Weights[first + tap], sum, sum);
                    continue;
                }
                for (var x = 0; x < width; x++)
                    sum[x] += row[x] * taps.Weights[first + tap];
            }
        }
    }

    /// <summary>The source places and weights of each new place along one axis, in the order in which they are added up: without antialiasing the second neighbour comes first.</summary>
    private sealed class Taps
    {
        private const float Direct = -0.75f;   // the cubic's parameter without antialiasing

        private readonly bool _blocks;

        private Taps(int to, int stride, bool blocks = false) =>
            (Stride, Counts, Places, Weights, _blocks) = (stride, new int[to], new int[to * stride], new float[to * stride], blocks);

        public int Stride { get; }

        public int[] Counts { get; }

        public int[] Places { get; }

        public float[] Weights { get; }

        public static Taps Of(int from, int to, Interpolation interpolation, bool antialias) => (interpolation, antialias) switch
        {
            (Interpolation.Nearest, _) => Nearest(from, to),
            (_, true) => Antialiased(from, to, interpolation),
            (Interpolation.Bicubic, _) => Cubic(from, to),
            _ => Linear(from, to),
        };

        /// <summary>Whether a product is added without being rounded. With antialiasing the taps after the first are multiplied four at a time and then added; only what is left over is fused.</summary>
        public bool IsFused(int index, int tap) => !_blocks || tap > (Counts[index] - 1) / 4 * 4;

        private static Taps Nearest(int from, int to)
        {
            var (taps, scale) = (new Taps(to, 1), (float)from / to);
            for (var i = 0; i < to; i++)
                taps.Add(i, Math.Min((int)(i * scale), from - 1), 1);
            return taps;
        }

        private static Taps Linear(int from, int to)
        {
            var (taps, scale) = (new Taps(to, 2), (float)from / to);
            for (var i = 0; i < to; i++)
            {
                var place = Math.Max(scale * (i + 0.5) - 0.5, 0);
                var low = Math.Min((int)place, from - 1);
                var share = Math.Clamp((float)(place - low), 0, 1);
                taps.Add(i, Math.Min(low + 1, from - 1), share);
                taps.Add(i, low, 1 - share);
            }
            return taps;
        }

        private static Taps Cubic(int from, int to)
        {
            var (taps, scale) = (new Taps(to, 4), (float)from / to);
            for (var i = 0; i < to; i++)
            {
                var place = scale * (i + 0.5) - 0.5;
                var low = (int)MathF.Floor((float)place);
                var share = (float)(place - low);
                taps.Add(i, Math.Clamp(low, 0, from - 1), CubicNear(share));
                taps.Add(i, Math.Clamp(low - 1, 0, from - 1), CubicFar(share + 1));
                taps.Add(i, Math.Clamp(low + 1, 0, from - 1), CubicNear(1 - share));
                taps.Add(i, Math.Clamp(low + 2, 0, from - 1), CubicFar(1 - share + 1));
            }
            return taps;
        }

        private static Taps Antialiased(int from, int to, Interpolation interpolation)
        {
            var scale = (float)from / to;
            var stretch = Math.Max(scale, 1);
            var support = (float)interpolation.Radius() * stretch;
            var taps = new Taps(to, (int)MathF.Ceiling(support) * 2 + 1, blocks: true);
            for (var i = 0; i < to; i++)
            {
                var centre = (float)(scale * (i + 0.5));
                var first = Math.Max((int)(centre - support + 0.5), 0);
                var end = Math.Min((int)(centre + support + 0.5), from);
                var sum = 0f;
                for (var place = first; place < end; place++)
                {
                    var distance = Math.Abs((float)((place - centre + 0.5) * (1 / stretch)));
                    sum += taps.Add(i, place, interpolation == Interpolation.Bicubic ? CubicAntialiased(distance) : Math.Max(0, 1 - distance));
                }
                for (var tap = i * taps.Stride; tap < i * taps.Stride + taps.Counts[i]; tap++)
                    taps.Weights[tap] /= sum;
            }
            return taps;
        }

        // Keys' cubic within 1 and beyond, as InterpolationKernels.Cubic, with the roundings of torch; a share may lie just outside of 0..1.
        private static float CubicNear(float x) => MathF.FusedMultiplyAdd(Direct + 2, x, -(Direct + 3)) * x * x + 1;

        private static float CubicFar(float x) =>
            MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(Direct, x, -5 * Direct), x, 8 * Direct) * x - 4 * Direct;

        // The same with antialiasing: near in double, far in single precision.
        private static float CubicAntialiased(float x) => x switch
        {
            < 1 => (float)InterpolationKernels.Cubic(x, -0.5),
            < 2 => MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(x - 5, x, 8), x, -4) * -0.5f,
            _ => 0,
        };

        private float Add(int index, int place, float weight)
        {
            var at = index * Stride + Counts[index]++;
            Places[at] = place;
            return Weights[at] = weight;
        }
    }
}
