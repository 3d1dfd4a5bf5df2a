using System.Numerics.Tensors;
using Selfsame.Modalities.Image;

namespace Selfsame.Modalities.Audio;

/// <summary>Spectrograms for looking at: time to the right, low frequencies at the bottom.</summary>
public static class SpectrogramPicture
{
    /// <summary>Draws a plane; its smallest value is black, its largest white, and lightness grows evenly between.</summary>
    /// <param name="plane">(bins, frames), or (frames, bins) when <paramref name="framesFirst"/>. Best in logarithms.</param>
    /// <param name="frames">Frames.</param>
    /// <param name="framesFirst">The frames are the rows.</param>
    /// <param name="low">What is black; null for the smallest value.</param>
    /// <param name="high">What is white; null for the largest value.</param>
    /// <returns>(bins, frames, 3), owned by the caller.</returns>
    /// <exception cref="ArgumentException">The plane is empty or not so many frames.</exception>
    public static ImageBuffer Draw(ReadOnlySpan<float> plane, int frames, bool framesFirst = false, float? low = null, float? high = null)
    {
        if (frames < 1 || plane.IsEmpty || plane.Length % frames != 0)
            throw new ArgumentException($"{plane.Length} numbers are not a spectrogram of {frames} frames", nameof(plane));
        var bins = plane.Length / frames;
        var (from, to) = (low ?? TensorPrimitives.Min(plane), high ?? TensorPrimitives.Max(plane));
        var scale = to > from ? 1 / (to - from) : 0;
        var picture = new ImageBuffer(bins, frames);
        for (var k = 0; k < bins; k++)
        {
            var row = picture.Row(bins - 1 - k);
            for (var t = 0; t < frames; t++)
            {
                var value = plane[framesFirst ? t * bins + k : k * frames + t];
                Color(Math.Clamp((value - from) * scale, 0, 1), row.Slice(3 * t, 3));
            }
        }
        return picture;
    }

    // Green 2011, https://arxiv.org/abs/1108.5083: a helix around the grey diagonal, so that lightness alone tells the value.
    private static void Color(float value, Span<byte> rgb)
    {
        var angle = 2 * MathF.PI * (0.5f / 3 + 1 - 1.5f * value);
        var amplitude = value * (1 - value) / 2;
        var (sine, cosine) = MathF.SinCos(angle);
        rgb[0] = Byte(value + amplitude * (-0.14861f * cosine + 1.78277f * sine));
        rgb[1] = Byte(value + amplitude * (-0.29227f * cosine - 0.90649f * sine));
        rgb[2] = Byte(value + amplitude * 1.97294f * cosine);
    }

    private static byte Byte(float value) => (byte)Math.Clamp(MathF.Round(value * 255), 0, 255);
}
