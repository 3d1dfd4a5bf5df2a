namespace Selfsame.Modalities.Image;

/// <summary>Moving pixels about without changing them: crop, pad, mirror, channel layout.</summary>
public static class Framing
{
    /// <summary>Cuts out a rectangle.</summary>
    /// <param name="image">(H, W, C); left as it is.</param>
    /// <param name="box">May reach outside of the picture, where zeros are.</param>
    /// <returns>A new picture of the size of the box, owned by the caller.</returns>
    public static ImageBuffer Crop(ImageBuffer image, CropBox box)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new ImageBuffer(box.Height, box.Width, image.Channels);
        if (!box.IsInside(image.Height, image.Width))
            result.Pixels.Clear();
        int top = Math.Max(0, -box.Top), bottom = Math.Min(box.Height, image.Height - box.Top);
        int left = Math.Max(0, -box.Left), right = Math.Min(box.Width, image.Width - box.Left);
        if (left < right)
            for (var y = top; y < bottom; y++)
                image.Row(box.Top + y)[((box.Left + left) * image.Channels)..((box.Left + right) * image.Channels)].CopyTo(result.Row(y)[(left * image.Channels)..]);
        return result;
    }

    /// <summary>The size at which the shorter side has a given length and the shape is kept, the longer side rounded down as torchvision does.</summary>
    /// <param name="height">Rows now.</param>
    /// <param name="width">Columns now.</param>
    /// <param name="side">The shorter side, at least 1.</param>
    public static (int Height, int Width) ShorterSide(int height, int width, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        return height <= width ? (side, (int)((long)side * width / height)) : ((int)((long)side * height / width), side);
    }

    /// <summary>Mirrors left and right, in place.</summary>
    public static void FlipHorizontal(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var channels = image.Channels;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Row(y);
            for (int left = 0, right = row.Length - channels; left < right; left += channels, right -= channels)
                for (var c = 0; c < channels; c++)
                    (row[left + c], row[right + c]) = (row[right + c], row[left + c]);
        }
    }

    /// <summary>Mirrors top and bottom, in place.</summary>
    public static void FlipVertical(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        for (int top = 0, bottom = image.Height - 1; top < bottom; top++, bottom--)
        {
            var upper = image.Row(top);
            var lower = image.Row(bottom);
            for (var i = 0; i < upper.Length; i++)
                (upper[i], lower[i]) = (lower[i], upper[i]);
        }
    }

    /// <summary>Writes the values channel by channel.</summary>
    /// <param name="image">(H, W, C).</param>
    /// <param name="planes">Receives (C, H, W).</param>
    public static void ToPlanes(ImageBuffer image, Span<byte> planes)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = image.Pixels;
        var channels = image.Channels;
        var area = pixels.Length / channels;
        for (int i = 0, at = 0; i < area; i++)
            for (var c = 0; c < channels; c++)
                planes[c * area + i] = pixels[at++];
    }

    /// <summary>Makes a picture of values stored channel by channel.</summary>
    /// <param name="planes">(C, H, W).</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <returns>(H, W, C), owned by the caller.</returns>
    /// <exception cref="ArgumentException">The number of values is not 1, 3 or 4 planes of H * W.</exception>
    public static ImageBuffer FromPlanes(ReadOnlySpan<byte> planes, int height, int width)
    {
        var area = height * width;
        if (area < 1 || planes.Length % area != 0 || planes.Length / area is not (1 or 3 or 4))
            throw new ArgumentException($"{planes.Length} values are not 1, 3 or 4 planes of {height} x {width}.", nameof(planes));
        var image = new ImageBuffer(height, width, planes.Length / area);
        var pixels = image.Pixels;
        var channels = image.Channels;
        for (int i = 0, at = 0; i < area; i++)
            for (var c = 0; c < channels; c++)
                pixels[at++] = planes[c * area + i];
        return image;
    }
}
