using Selfsame.Randomness;

namespace Selfsame.Modalities.Image;

/// <summary>One of the four operations of colour jitter.</summary>
public enum ColorOperation
{
    /// <summary>Blend with black.</summary>
    Brightness,

    /// <summary>Blend with the mean grey.</summary>
    Contrast,

    /// <summary>Blend with the grey picture.</summary>
    Saturation,

    /// <summary>Turn the hue.</summary>
    Hue,
}

/// <summary>The order in which colour jitter works.</summary>
public readonly record struct ColorOrder(ColorOperation First, ColorOperation Second, ColorOperation Third, ColorOperation Fourth)
{
    /// <summary>An order from a permutation of 0..3, numbered as <see cref="ColorOperation"/>.</summary>
    /// <exception cref="ArgumentException">These are not the numbers 0..3, each once.</exception>
    public static ColorOrder From(ReadOnlySpan<int> order)
    {
        var seen = 0;
        foreach (var operation in order)
            seen |= operation is >= 0 and < 4 ? 1 << operation : 0;
        if (order.Length != 4 || seen != 15)
            throw new ArgumentException($"The order of colour jitter is a permutation of 0..3, not [{string.Join(", ", order.ToArray())}].", nameof(order));
        return new((ColorOperation)order[0], (ColorOperation)order[1], (ColorOperation)order[2], (ColorOperation)order[3]);
    }
}

/// <summary>What one colour jitter does. A factor that is null leaves its operation out.</summary>
/// <param name="Order">Which operation comes first.</param>
/// <param name="Brightness">Factor, not negative; 1 keeps the picture.</param>
/// <param name="Contrast">Factor, not negative; 1 keeps the picture.</param>
/// <param name="Saturation">Factor, not negative; 1 keeps the picture.</param>
/// <param name="Hue">Share of the circle, -0.5..0.5; 0 keeps the hue.</param>
public readonly record struct ColorFactors(ColorOrder Order, double? Brightness, double? Contrast, double? Saturation, double? Hue)
{
    /// <summary>Changes an 8-bit picture in place.</summary>
    /// <param name="image">(H, W, 1 or 3).</param>
    public void Apply(ImageBuffer image)
    {
        Apply(image, Order.First);
        Apply(image, Order.Second);
        Apply(image, Order.Third);
        Apply(image, Order.Fourth);
    }

    private void Apply(ImageBuffer image, ColorOperation operation)
    {
        switch (operation)
        {
            case ColorOperation.Brightness when Brightness is { } factor:
                ColorOps.Brightness(image, factor);
                break;
            case ColorOperation.Contrast when Contrast is { } factor:
                ColorOps.Contrast(image, factor);
                break;
            case ColorOperation.Saturation when Saturation is { } factor:
                ColorOps.Saturation(image, factor);
                break;
            case ColorOperation.Hue when Hue is { } factor:
                ColorOps.Hue(image, factor);
                break;
        }
    }
}

/// <summary>Ranges from which colour jitter draws its factors, as torchvision's <c>ColorJitter</c>. A range of one point, where nothing changes, leaves the operation out.</summary>
/// <param name="Brightness">Not negative.</param>
/// <param name="Contrast">Not negative.</param>
/// <param name="Saturation">Not negative.</param>
/// <param name="Hue">Within -0.5..0.5.</param>
public readonly record struct ColorJitter(Interval Brightness, Interval Contrast, Interval Saturation, Interval Hue)
{
    /// <summary>Ranges around "no change": [max(0, 1 - s), 1 + s], for the hue [-s, s].</summary>
    /// <param name="brightness">Strength, not negative.</param>
    /// <param name="contrast">Strength, not negative.</param>
    /// <param name="saturation">Strength, not negative.</param>
    /// <param name="hue">Strength, 0..0.5.</param>
    public static ColorJitter OfStrength(double brightness, double contrast, double saturation, double hue) =>
        new(AroundOne(brightness), AroundOne(contrast), AroundOne(saturation), new(-hue, hue));

    /// <summary>[max(0, 1 - strength), 1 + strength].</summary>
    public static Interval AroundOne(double strength) => new(Math.Max(0, 1 - strength), 1 + strength);

    /// <summary>Draws <c>jitter.order</c>, then <c>jitter.brightness</c>, <c>jitter.contrast</c>, <c>jitter.saturation</c> and <c>jitter.hue</c>, the last four in single precision and only where the operation takes part.</summary>
    public ColorFactors Sample(IDraws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        Span<int> order = stackalloc int[4];
        draws.Permutation("jitter.order", order);
        return new(ColorOrder.From(order),
            Factor(draws, "jitter.brightness", Brightness, 1),
            Factor(draws, "jitter.contrast", Contrast, 1),
            Factor(draws, "jitter.saturation", Saturation, 1),
            Factor(draws, "jitter.hue", Hue, 0));
    }

    private static double? Factor(IDraws draws, string name, Interval range, double neutral) =>
        range.Low == neutral && range.High == neutral ? null : draws.Between(name, range.Low, range.High);
}
