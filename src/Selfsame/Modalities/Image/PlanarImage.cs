using System.Numerics.Tensors;

namespace Selfsame.Modalities.Image;

/// <summary>What the numbers of a <see cref="PlanarImage"/> are; decides limits and rounding as the element type of a torch tensor does.</summary>
public enum PlanarType
{
    /// <summary>Reals, 0..1 for a picture; results are not rounded.</summary>
    Float,

    /// <summary>Whole numbers 0..255, as in a <c>uint8</c> tensor; results are made whole again, each operation in its own way.</summary>
    Byte,
}

/// <summary>A picture as a float tensor holds it, (channels, height, width), for the operations of torchvision's tensor backend. These differ from Pillow's in rounding, antialiasing and grey.</summary>
/// <remarks>Operations return new pictures. Training augments with <see cref="ViewPipeline"/>, which works on 8-bit pictures.</remarks>
public sealed class PlanarImage
{
    /// <summary>Weights of red, green and blue in grey; Pillow's differ in the fifth digit.</summary>
    internal const float RedWeight = 0.2989f, GreenWeight = 0.587f, BlueWeight = 0.114f;

    /// <summary>A picture on the given numbers, which it keeps.</summary>
    /// <param name="channels">C, at least 1.</param>
    /// <param name="height">H, at least 1.</param>
    /// <param name="width">W, at least 1.</param>
    /// <param name="values">(C, H, W).</param>
    /// <param name="type">What the numbers are.</param>
    /// <exception cref="ArgumentException">The number of values is not C * H * W.</exception>
    public PlanarImage(int channels, int height, int width, float[] values, PlanarType type = PlanarType.Float)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (channels < 1 || height < 1 || width < 1 || values.Length != (long)channels * height * width)
            throw new ArgumentException($"{values.Length} values are not {channels} planes of {height} x {width}.", nameof(values));
        (Channels, Height, Width, Values, Type) = (channels, height, width, values, type);
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>(C, H, W).</summary>
    public float[] Values { get; }

    /// <summary>What the numbers are.</summary>
    public PlanarType Type { get; }

    internal float Limit => Type == PlanarType.Byte ? 255 : 1;

    internal int Area => Height * Width;

    /// <summary>The values of an 8-bit picture, 0..255.</summary>
    public static PlanarImage Of(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = image.Pixels;
        var values = new float[pixels.Length];
        var area = image.Height * image.Width;
        for (int i = 0, at = 0; i < area; i++)
            for (var c = 0; c < image.Channels; c++)
                values[c * area + i] = pixels[at++];
        return new(image.Channels, image.Height, image.Width, values, PlanarType.Byte);
    }

    /// <summary>Values 0..255 divided by 255.</summary>
    /// <exception cref="InvalidOperationException">The numbers are reals already.</exception>
    public PlanarImage ToFloat()
    {
        if (Type != PlanarType.Byte)
            throw new InvalidOperationException("Only a picture of whole numbers 0..255 can be divided by 255; this one holds reals.");
        var values = new float[Values.Length];
        TensorPrimitives.Divide(Values, 255f, values);
        return new(Channels, Height, Width, values);
    }

    /// <summary>The numbers as bytes.</summary>
    /// <exception cref="InvalidOperationException">The numbers are reals.</exception>
    public byte[] ToBytes()
    {
        if (Type != PlanarType.Byte)
            throw new InvalidOperationException("Only a picture of whole numbers 0..255 can become bytes; this one holds reals.");
        return Array.ConvertAll(Values, value => (byte)value);
    }

    /// <summary>One plane, (H, W).</summary>
    public Span<float> Plane(int channel) => Values.AsSpan(channel * Area, Area);

    /// <summary>Cuts out a rectangle; outside of the picture are zeros.</summary>
    public PlanarImage Crop(CropBox box)
    {
        var result = Like(box.Height, box.Width);
        int left = Math.Max(0, -box.Left), right = Math.Min(box.Width, Width - box.Left);
        int top = Math.Max(0, -box.Top), bottom = Math.Min(box.Height, Height - box.Top);
        for (var c = 0; left < right && c < Channels; c++)
            for (var y = top; y < bottom; y++)
                Plane(c).Slice((box.Top + y) * Width + box.Left + left, right - left).CopyTo(result.Plane(c)[(y * box.Width + left)..]);
        return result;
    }

    /// <summary>(value - mean) / std in each channel.</summary>
    /// <param name="mean">One for each channel.</param>
    /// <param name="std">One for each channel, above 0.</param>
    /// <exception cref="ArgumentException">Another number of means or deviations than channels.</exception>
    public PlanarImage Normalize(ReadOnlySpan<double> mean, ReadOnlySpan<double> std)
    {
        if (mean.Length != Channels || std.Length != Channels)
            throw new ArgumentException($"A picture of {Channels} channels needs as many means and deviations, not {mean.Length} and {std.Length}.", nameof(mean));
        var result = Like(Height, Width);
        for (var c = 0; c < Channels; c++)
        {
            TensorPrimitives.Subtract(Plane(c), (float)mean[c], result.Plane(c));
            TensorPrimitives.Divide(result.Plane(c), (float)std[c], result.Plane(c));
        }
        return result;
    }

    /// <summary>Fills a rectangle of every channel with one value, as random erasing does.</summary>
    /// <remarks>Zhong et al. 2017, https://arxiv.org/abs/1708.04896.</remarks>
    /// <param name="box">Inside of the picture.</param>
    /// <param name="value">In the picture's own numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle reaches outside.</exception>
    public PlanarImage Erase(CropBox box, float value)
    {
        if (!box.IsInside(Height, Width))
            throw new ArgumentOutOfRangeException(nameof(box), box, $"the rectangle to erase must lie inside of {Height} x {Width}");
        var result = Copy();
        for (var c = 0; c < Channels; c++)
            for (var y = box.Top; y < box.Top + box.Height; y++)
                result.Plane(c).Slice(y * Width + box.Left, box.Width).Fill(value);
        return result;
    }

    /// <summary>Values at or above a threshold become the largest value less themselves.</summary>
    /// <param name="threshold">In the picture's own numbers.</param>
    public PlanarImage Solarize(float threshold)
    {
        var result = Copy();
        foreach (ref var value in result.Values.AsSpan())
            value = value >= threshold ? Limit - value : value;
        return result;
    }

    /// <summary>The largest value less each value.</summary>
    public PlanarImage Invert() => Solarize(float.NegativeInfinity);

    internal PlanarImage Copy() => new(Channels, Height, Width, [.. Values], Type);

    internal PlanarImage Like(int height, int width) => new(Channels, height, width, new float[checked(Channels * height * width)], Type);
}
