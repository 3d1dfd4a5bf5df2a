namespace Selfsame.Modalities.Image;

/// <summary>Transparency: laying a picture on a background, and multiplying colour by alpha for resizing.</summary>
public static class Alpha
{
    /// <summary>Lays a picture on a plain background, as Pillow's <c>paste</c> with the alpha channel as mask.</summary>
    /// <param name="image">(H, W, 4); left as it is.</param>
    /// <param name="red">Background, 0..255.</param>
    /// <param name="green">Background, 0..255.</param>
    /// <param name="blue">Background, 0..255.</param>
    /// <returns>A new picture, (H, W, 3), owned by the caller. Each value is round((a * colour + (255 - a) * background) / 255).</returns>
    /// <exception cref="ArgumentException">The picture has no alpha channel.</exception>
    public static ImageBuffer Composite(ImageBuffer image, byte red = 255, byte green = 255, byte blue = 255)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels != 4)
            throw new ArgumentException($"Only a picture with an alpha channel can be laid on a background; this one has {image.Channels} channels.", nameof(image));
        var result = new ImageBuffer(image.Height, image.Width);
        var from = image.Pixels;
        var to = result.Pixels;
        for (int source = 0, target = 0; target + 2 < to.Length; source += 4, target += 3)
        {
            int alpha = from[source + 3], rest = 255 - alpha;
            to[target] = Divide255(from[source] * alpha + red * rest);
            to[target + 1] = Divide255(from[source + 1] * alpha + green * rest);
            to[target + 2] = Divide255(from[source + 2] * alpha + blue * rest);
        }
        return result;
    }

    /// <summary>Colour times alpha, in place, (…, 4).</summary>
    internal static void Multiply(Span<byte> rgba)
    {
        for (var i = 0; i + 3 < rgba.Length; i += 4)
            for (var c = i; c < i + 3; c++)
                rgba[c] = Divide255(rgba[c] * rgba[i + 3]);
    }

    /// <summary>Undoes <see cref="Multiply"/> as far as 8 bits allow, in place, (…, 4).</summary>
    internal static void Divide(Span<byte> rgba)
    {
        for (var i = 0; i + 3 < rgba.Length; i += 4)
            if (rgba[i + 3] is not (0 or 255) and var alpha)
                for (var c = i; c < i + 3; c++)
                    rgba[c] = (byte)Math.Min(255 * rgba[c] / alpha, 255);
    }

    // round(x / 255) for 0 <= x <= 255 * 255.
    private static byte Divide255(int x)
    {
        x += 128;
        return (byte)(((x >> 8) + x) >> 8);
    }
}
