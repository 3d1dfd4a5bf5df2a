using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Image;

/// <summary>Pillow's blend: in single precision, truncated. Multiply and add are kept apart, for fused ones would round differently.</summary>
internal readonly struct BlendKernel(float factor)
{
    private readonly Vector256<float> _factor = Vector256.Create(factor);

    /// <summary>from + (pixel - from) * factor, cut off to 0..255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Mix(Vector256<float> from, Vector256<int> pixel)
    {
        var mixed = from + _factor * (Vector256.ConvertToSingle(pixel) - from);
        return Vector256.ConvertToInt32Native(Vector256.Min(Vector256.Max(mixed, Vector256<float>.Zero), Vector256.Create(255f)));
    }
}

/// <summary>Every pixel blended with its own brightness.</summary>
internal readonly struct SaturationKernel(float factor) : IRgbKernel
{
    private readonly BlendKernel _blend = new(factor);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Apply(Vector256<int> red, Vector256<int> green, Vector256<int> blue)
    {
        var grey = Vector256.ConvertToSingle(RgbBlocks.Luma(red, green, blue));
        return _blend.Mix(grey, red) | _blend.Mix(grey, green) << 8 | _blend.Mix(grey, blue) << 16;
    }
}

/// <summary>The brightness in all three channels.</summary>
internal readonly struct GreyKernel : IRgbKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Apply(Vector256<int> red, Vector256<int> green, Vector256<int> blue)
    {
        var grey = RgbBlocks.Luma(red, green, blue);
        return grey | grey << 8 | grey << 16;
    }
}

/// <summary>RGB to 8-bit HSV, hue moved on, and back to RGB.</summary>
/// <remarks>
/// Pillow mixes single and double precision here. The shorter single-precision forms below give its result for every pair of colour and shift, which a test shows by trying all colours.
/// </remarks>
internal readonly struct HueKernel(int shift) : IRgbKernel
{
    private const int Sector = 255;          // a sixth of the circle, where hue is counted in 1530 steps
    private const int Circle = 6 * Sector;

    private readonly Vector256<int> _shift = Vector256.Create(shift);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Apply(Vector256<int> red, Vector256<int> green, Vector256<int> blue)
    {
        var most = Vector256.Max(Vector256.Max(red, green), blue);
        var range = most - Vector256.Min(Vector256.Min(red, green), blue);
        var hue = (HueOf(red, green, blue, most, range) + _shift) & Vector256.Create(255);

        var value = Vector256.ConvertToSingle(most);
        var reach = Vector256.ConvertToSingle(range);
        // Of a black pixel 0 / 0 is not a number; with a divisor of at least 1 it is 0.
        var saturation = Vector256.ConvertToInt32Native(reach / Vector256.Max(value, Vector256<float>.One) * 255f);
        var depth = Vector256.ConvertToSingle(most * saturation) * (1 / 65025f);
        value += Vector256.Create(0.5f);
        return Channel(5, hue, value, depth) | Channel(3, hue, value, depth) << 8 | Channel(1, hue, value, depth) << 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> HueOf(Vector256<int> red, Vector256<int> green, Vector256<int> blue, Vector256<int> most, Vector256<int> range)
    {
        // The hue lies between two colours: from = the one it grows away from, to = the one it grows towards; one of them is the least of all.
        var isRed = Vector256.Equals(red, most);
        var isGreen = Vector256.Equals(green, most);
        var from = most - Vector256.ConditionalSelect(isRed, blue, Vector256.ConditionalSelect(isGreen, red, green));
        var to = most - Vector256.ConditionalSelect(isRed, green, Vector256.ConditionalSelect(isGreen, blue, red));
        var sector = Vector256.AndNot(Vector256.ConditionalSelect(isGreen, Vector256.Create(2), Vector256.Create(4)), isRed);

        var fromIsLeast = Vector256.Equals(from, range);
        var distance = Vector256.ConvertToSingle(Vector256.ConditionalSelect(fromIsLeast, -to, from)) / Vector256.ConvertToSingle(Vector256.Max(range, Vector256<int>.One));
        var sixths = Vector256.ConvertToSingle(sector + Vector256.ConditionalSelect(fromIsLeast, Vector256<int>.One, -Vector256<int>.One)) + distance;
        var turn = sixths / Vector256.Create(6f);
        turn += Vector256.ConditionalSelect(Vector256.LessThan(turn, Vector256<float>.Zero), Vector256<float>.One, Vector256<float>.Zero);
        var hue = Vector256.ConvertToInt32Native(turn * 255f);
        return Vector256.AndNot(hue, Vector256.Equals(range, Vector256<int>.Zero));
    }

    // value - depth * how far the hue is from where this channel is brightest, in steps of a sector, cut off to 0..1 sector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Channel(int offset, Vector256<int> hue, Vector256<float> value, Vector256<float> depth)
    {
        var place = hue * 6 + Vector256.Create(offset * Sector);
        place -= Vector256.GreaterThanOrEqual(place, Vector256.Create(Circle)) & Vector256.Create(Circle);
        var distance = Simd.Clip(Vector256.Min(place, Vector256.Create(4 * Sector) - place));
        return Vector256.ConvertToInt32Native(value - depth * Vector256.ConvertToSingle(distance));
    }
}
