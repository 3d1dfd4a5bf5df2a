namespace Selfsame.Modalities.Image;

/// <summary>Brightness, contrast, saturation, hue and grey as torchvision's functions on tensors.</summary>
/// <remarks>Results are cut off to 0..1, or to 0..255 and then truncated where the picture holds whole numbers; so is the grey that contrast and saturation blend with.</remarks>
public static class PlanarColor
{
    /// <summary>All four operations in the order of a jitter, each on the result of the one before.</summary>
    /// <param name="image">(3, H, W); reals where the hue takes part.</param>
    /// <param name="factors">What was drawn.</param>
    public static PlanarImage Jitter(PlanarImage image, in ColorFactors factors)
    {
        image = Step(image, factors.Order.First, factors);
        image = Step(image, factors.Order.Second, factors);
        image = Step(image, factors.Order.Third, factors);
        return Step(image, factors.Order.Fourth, factors);
    }

    /// <summary>factor * picture.</summary>
    /// <param name="image">(C, H, W).</param>
    /// <param name="factor">Not negative; 1 keeps the picture.</param>
    public static PlanarImage Brightness(PlanarImage image, double factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = image.Copy();
        foreach (ref var value in result.Values.AsSpan())
            value = Limit(image, (float)factor * value);
        return result;
    }

    /// <summary>Blends with the mean grey of the picture.</summary>
    /// <param name="image">(3, H, W).</param>
    /// <param name="factor">Not negative; 1 keeps the picture.</param>
    public static PlanarImage Contrast(PlanarImage image, double factor)
    {
        var sum = 0.0;
        foreach (var value in GreyOf(image))
            sum += value;
        var mean = (float)(sum / image.Area);
        var result = image.Copy();
        foreach (ref var value in result.Values.AsSpan())
            value = Blend(image, value, mean, factor);
        return result;
    }

    /// <summary>Blends every pixel with its own grey.</summary>
    /// <param name="image">(3, H, W).</param>
    /// <param name="factor">Not negative; 1 keeps the picture.</param>
    public static PlanarImage Saturation(PlanarImage image, double factor)
    {
        var grey = GreyOf(image);
        var result = image.Copy();
        for (var c = 0; c < 3; c++)
        {
            var plane = result.Plane(c);
            for (var i = 0; i < plane.Length; i++)
                plane[i] = Blend(image, plane[i], grey[i], factor);
        }
        return result;
    }

    /// <summary>Grey in all three channels.</summary>
    /// <param name="image">(3, H, W).</param>
    public static PlanarImage Grey(PlanarImage image)
    {
        var grey = GreyOf(image);
        return new(3, image.Height, image.Width, [.. grey, .. grey, .. grey], image.Type);
    }

    /// <summary>Turns the hue.</summary>
    /// <param name="image">(3, H, W), reals in 0..1.</param>
    /// <param name="factor">Share of the circle, -0.5..0.5; 0 keeps the picture.</param>
    /// <exception cref="ArgumentException">The picture holds whole numbers.</exception>
    public static PlanarImage Hue(PlanarImage image, double factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels != 3 || image.Type != PlanarType.Float)
            throw new ArgumentException($"The hue of planes is turned for 3 channels of reals in 0..1; this picture has {image.Channels} of type {image.Type}.", nameof(image));
        var result = image.Copy();
        var red = result.Plane(0);
        var green = result.Plane(1);
        var blue = result.Plane(2);
        for (var i = 0; i < red.Length; i++)
            (red[i], green[i], blue[i]) = Turn(red[i], green[i], blue[i], (float)factor);
        return result;
    }

    private static PlanarImage Step(PlanarImage image, ColorOperation operation, in ColorFactors factors) => operation switch
    {
        ColorOperation.Brightness when factors.Brightness is { } factor => Brightness(image, factor),
        ColorOperation.Contrast when factors.Contrast is { } factor => Contrast(image, factor),
        ColorOperation.Saturation when factors.Saturation is { } factor => Saturation(image, factor),
        ColorOperation.Hue when factors.Hue is { } factor => Hue(image, factor),
        _ => image,
    };

    private static (float Red, float Green, float Blue) Turn(float red, float green, float blue, float factor)
    {
        var value = Math.Max(Math.Max(red, green), blue);
        var range = value - Math.Min(Math.Min(red, green), blue);
        var saturation = range == 0 ? 0 : range / value;
        var divisor = range == 0 ? 1 : range;
        var (r, g, b) = ((value - red) / divisor, (value - green) / divisor, (value - blue) / divisor);
        var hue = value == red ? b - g : value == green ? 2 + r - b : 4 + g - r;
        hue = (hue / 6 + 1) % 1;
        hue = (hue + factor) % 1;
        if (hue < 0)
            hue += 1;

        var sector = MathF.Floor(hue * 6);
        var part = hue * 6 - sector;
        var p = Math.Clamp(value * (1 - saturation), 0, 1);
        var q = Math.Clamp(value * (1 - saturation * part), 0, 1);
        var t = Math.Clamp(value * (1 - saturation * (1 - part)), 0, 1);
        return ((int)sector % 6) switch
        {
            0 => (value, t, p),
            1 => (q, value, p),
            2 => (p, value, t),
            3 => (p, q, value),
            4 => (t, p, value),
            _ => (value, p, q),
        };
    }

    private static float[] GreyOf(PlanarImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels != 3)
            throw new ArgumentException($"Grey is made of 3 channels; this picture has {image.Channels}.", nameof(image));
        var red = image.Plane(0);
        var green = image.Plane(1);
        var blue = image.Plane(2);
        var grey = new float[red.Length];
        for (var i = 0; i < grey.Length; i++)
        {
            var value = PlanarImage.RedWeight * red[i] + PlanarImage.GreenWeight * green[i] + PlanarImage.BlueWeight * blue[i];
            grey[i] = image.Type == PlanarType.Byte ? MathF.Truncate(value) : value;
        }
        return grey;
    }

    private static float Blend(PlanarImage image, float value, float other, double factor) =>
        Limit(image, (float)factor * value + (float)(1 - factor) * other);

    private static float Limit(PlanarImage image, float value)
    {
        value = Math.Clamp(value, 0, image.Limit);
        return image.Type == PlanarType.Byte ? MathF.Truncate(value) : value;
    }
}
