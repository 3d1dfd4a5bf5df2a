using System.Buffers;

namespace Selfsame.Modalities.Image;

/// <summary>Cuts a rectangle out of a picture and resizes it, to the bit as Pillow does (<c>Image.crop</c>, then <c>Image.resize</c>).</summary>
/// <remarks>
/// Always antialiased, except nearest: when shrinking, the kernel is as wide as the source pixels that a new one covers. First along rows, then along columns,
/// each in fixed point and each rounded to 8 bits; an axis whose size stays is skipped. RGBA is resized with colour multiplied by alpha and divided again, nearest excepted.
/// </remarks>
public static class Resample
{
    /// <summary>Resizes the whole picture.</summary>
    /// <inheritdoc cref="Apply(ImageBuffer, CropBox, int, int, Interpolation)"/>
    public static ImageBuffer Apply(ImageBuffer image, int height, int width, Interpolation interpolation) =>
        Apply(image, CropBox.Whole(image.Height, image.Width), height, width, interpolation);

    /// <summary>Resizes a rectangle of the picture.</summary>
    /// <param name="image">Source, (H, W, 1, 3 or 4); left as it is.</param>
    /// <param name="box">What to take; outside of the picture lie zeros.</param>
    /// <param name="height">New rows, at least 1.</param>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="interpolation">The kernel.</param>
    /// <returns>A new picture of the same channels, owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static ImageBuffer Apply(ImageBuffer image, CropBox box, int height, int width, Interpolation interpolation)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if ((box.Height, box.Width) == (height, width))
            return Framing.Crop(image, box);
        if (!box.IsInside(image.Height, image.Width))
        {
            using var padded = Framing.Crop(image, box);
            return Apply(padded, height, width, interpolation);
        }
        if (interpolation == Interpolation.Nearest)
            return PickNearest(image, box, height, width);
        if (image.Channels < 4)
            return TwoPasses(image, box, height, width, interpolation);

        using var cut = Framing.Crop(image, box);
        Alpha.Multiply(cut.Pixels);
        var resized = TwoPasses(cut, CropBox.Whole(cut.Height, cut.Width), height, width, interpolation);
        Alpha.Divide(resized.Pixels);
        return resized;
    }

    private static ImageBuffer TwoPasses(ImageBuffer image, CropBox box, int height, int width, Interpolation interpolation)
    {
        var result = new ImageBuffer(height, width, image.Channels);
        // Rows end on a whole block, so that kernels need no special end.
        var pitch = ResampleKernels.PitchOf(width * image.Channels);
        var between = ArrayPool<byte>.Shared.Rent(checked(pitch * box.Height + ResampleKernels.Slack));
        try
        {
            if (box.Width == width)
                CopyRows(image, box, between, pitch);
            else
                ResampleKernels.Rows(image, box, ResampleTable.For(box.Width, width, interpolation), between, pitch, width);

            if (box.Height == height)
                for (var y = 0; y < height; y++)
                    between.AsSpan(y * pitch, width * image.Channels).CopyTo(result.Row(y));
            else
                ResampleKernels.Columns(between, pitch, ResampleTable.For(box.Height, height, interpolation), result);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(between);
        }
        return result;
    }

    private static void CopyRows(ImageBuffer image, CropBox box, byte[] destination, int pitch)
    {
        for (var y = 0; y < box.Height; y++)
            image.Row(box.Top + y).Slice(box.Left * image.Channels, box.Width * image.Channels).CopyTo(destination.AsSpan(y * pitch));
    }

    private static ImageBuffer PickNearest(ImageBuffer image, CropBox box, int height, int width)
    {
        var result = new ImageBuffer(height, width, image.Channels);
        var columns = ArrayPool<int>.Shared.Rent(width);
        Positions(box.Width, columns.AsSpan(0, width));
        // Positions are summed up step by step, as Pillow does: rounding decides ties.
        double stepY = (double)box.Height / height, y = stepY * 0.5;
        for (var row = 0; row < height; row++, y += stepY)
        {
            var from = image.Row(box.Top + (int)y)[(box.Left * image.Channels)..];
            var to = result.Row(row);
            switch (image.Channels)
            {
                case 1:
                    for (var x = 0; x < width; x++)
                        to[x] = from[columns[x]];
                    break;
                default:
                    for (int x = 0, at = 0; x < width; x++)
                        for (int c = 0, source = columns[x] * image.Channels; c < image.Channels; c++)
                            to[at++] = from[source++];
                    break;
            }
        }
        ArrayPool<int>.Shared.Return(columns);
        return result;
    }

    private static void Positions(int from, Span<int> to)
    {
        double step = (double)from / to.Length, x = step * 0.5;
        for (var i = 0; i < to.Length; i++, x += step)
            to[i] = (int)x;
    }
}
