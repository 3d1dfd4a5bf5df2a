using System.Buffers;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Checking;

/// <summary>Looks into pictures: header, pixels, transparency, whether there is anything to see.</summary>
internal sealed class PictureInspector : ISampleInspector
{
    // Channels that differ by less over the whole picture show no more than what compression leaves of a single colour.
    private const int LeastSpread = 8;

    public string Modality => "image";

    public bool Accepts(ReadOnlySpan<byte> file) => true;

    public bool Inspect(ReadOnlySpan<byte> file, ref SampleFacts facts, Span<byte> sketch)
    {
        try
        {
            facts.Format = MediaDecoder.ReadHeader(file).Format;
            var traits = PictureTraits.Read(file, facts.Format);
            (facts.Mode, facts.Alpha, facts.Frames, facts.Seconds) = (traits.Mode, traits.Alpha, traits.Frames, traits.Seconds);
            using var picture = MediaDecoder.DecodeImage(file, traits.Alpha ? s_withAlpha : null);
            (facts.Width, facts.Height) = (picture.Width, picture.Height);
            using var opaque = picture.Channels == 4 ? OnWhite(picture, ref facts) : null;
            facts.ContentHash = ContentHash(facts.Transparent ? picture : opaque ?? picture);
            Measure(opaque ?? picture, ref facts);
            PictureSketch.Fill(opaque ?? picture, sketch);
            return true;
        }
        catch (Exception e) when (e is MediaException or InsufficientMemoryException)
        {
            facts.Problem = e.Message;
            return false;
        }
    }

    private static readonly ImageDecodeOptions s_withAlpha = new() { Alpha = true };

    private static ImageBuffer OnWhite(ImageBuffer picture, ref SampleFacts facts)
    {
        var opaque = new ImageBuffer(picture.Height, picture.Width);
        var source = picture.Pixels;
        var target = opaque.Pixels;
        var (least, most) = (255, 0);
        for (int s = 0, t = 0; s < source.Length; s += 4, t += 3)
        {
            int alpha = source[s + 3], white = (255 - alpha) * 255 + 127;
            (least, most) = (Math.Min(least, alpha), Math.Max(most, alpha));
            target[t] = (byte)((source[s] * alpha + white) / 255);
            target[t + 1] = (byte)((source[s + 1] * alpha + white) / 255);
            target[t + 2] = (byte)((source[s + 2] * alpha + white) / 255);
        }
        facts.Transparent = least < 255;
        if (most == 0)
            facts.Empty = "fully transparent";
        else if (most - least > LeastSpread)
            facts.Empty = "one colour on white; its shape is in the transparency alone";
        return opaque;
    }

    // The size is hashed with the pixels: 2 x 8 is another picture than 4 x 4.
    private static UInt128 ContentHash(ImageBuffer picture)
    {
        var length = picture.Pixels.Length;
        var content = ArrayPool<byte>.Shared.Rent(length + 12);
        try
        {
            BitConverter.TryWriteBytes(content, picture.Height);
            BitConverter.TryWriteBytes(content.AsSpan(4), picture.Width);
            BitConverter.TryWriteBytes(content.AsSpan(8), picture.Channels);
            picture.Pixels.CopyTo(content.AsSpan(12));
            return SampleFacts.Hash(content.AsSpan(0, length + 12));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static void Measure(ImageBuffer picture, ref SampleFacts facts)
    {
        var pixels = picture.Pixels;
        long red = 0, green = 0, blue = 0, red2 = 0, green2 = 0, blue2 = 0;
        int lowR = 255, lowG = 255, lowB = 255, highR = 0, highG = 0, highB = 0;
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            int r = pixels[i], g = pixels[i + 1], b = pixels[i + 2];
            red += r;
            green += g;
            blue += b;
            red2 += r * r;
            green2 += g * g;
            blue2 += b * b;
            (lowR, lowG, lowB) = (Math.Min(lowR, r), Math.Min(lowG, g), Math.Min(lowB, b));
            (highR, highG, highB) = (Math.Max(highR, r), Math.Max(highG, g), Math.Max(highB, b));
        }
        double count = pixels.Length / 3 * 255.0, squares = count * 255;
        facts.Moments = new((float)(red / count), (float)(green / count), (float)(blue / count), (float)(red2 / squares), (float)(green2 / squares), (float)(blue2 / squares));
        var spread = Math.Max(highR - lowR, Math.Max(highG - lowG, highB - lowB));
        facts.Empty = spread > LeastSpread ? null : facts.Empty ?? (spread == 0
            ? FormattableString.Invariant($"one colour, #{lowR:x2}{lowG:x2}{lowB:x2}")
            : FormattableString.Invariant($"almost one colour: no channel varies by more than {spread} of 255"));
    }
}
