using Selfsame.Modalities.Image;

namespace Selfsame.Parity.Adapters;

/// <summary>Pictures and boxes of recorded transforms.</summary>
internal static class TransformsReading
{
    /// <summary>A recorded picture, stored (C, H, W).</summary>
    public static ImageBuffer Picture(this ParityCase c, string name)
    {
        var shape = c.Shape(name);
        return Framing.FromPlanes(c.Bytes(name), (int)shape[^2], (int)shape[^1]);
    }

    /// <summary>Row <paramref name="row"/> of (top, left, height, width).</summary>
    public static CropBox Box(this ParityCase c, string name, int row = 0)
    {
        var box = c.Integers(name).AsSpan(4 * row, 4);
        return new((int)box[0], (int)box[1], (int)box[2], (int)box[3]);
    }

    /// <summary>Row <paramref name="row"/> of factors and order as colour jitter takes them.</summary>
    public static ColorFactors Factors(this ParityCase c, int row = 0)
    {
        var factors = c.Floats("in/factors").AsSpan(4 * row, 4);
        var order = Array.ConvertAll(c.Integers("in/order"), value => (int)value).AsSpan(4 * row, 4);
        return new(ColorOrder.From(order), factors[0], factors[1], factors[2], factors[3]);
    }

    /// <summary>Compares a picture, and gives it back.</summary>
    public static void ExpectPicture(this ParityCase c, string name, ImageBuffer picture)
    {
        using (picture)
        {
            var planes = new byte[picture.Pixels.Length];
            Framing.ToPlanes(picture, planes);
            c.Expect(name, planes);
        }
    }

    /// <summary>Compares what an operation in place makes of a picture.</summary>
    public static void ExpectChanged(this ParityCase c, string name, ImageBuffer picture, Action<ImageBuffer> operation)
    {
        var copy = picture.Clone();
        operation(copy);
        c.ExpectPicture(name, copy);
    }

    /// <summary>Compares planes, whole numbers as bytes.</summary>
    public static void ExpectPlanes(this ParityCase c, string name, PlanarImage planes)
    {
        if (planes.Type == PlanarType.Byte)
            c.Expect(name, planes.ToBytes());
        else
            c.Expect(name, planes.Values);
    }

    /// <summary>A pair of a configuration, as a range.</summary>
    public static Interval Range(this System.Text.Json.JsonElement config, string key) =>
        config.Numbers(key) is [var low, var high] ? new(low, high) : throw new InvalidDataException($"'{key}' in the configuration is not a pair of numbers");
}
