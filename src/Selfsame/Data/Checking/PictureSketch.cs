using Selfsame.Modalities.Image;

namespace Selfsame.Data.Checking;

/// <summary>
/// A picture in a kilobyte: 32 x 32 of brightness, then 8 x 8 of each colour difference. What re-encoding and resizing do to a
/// picture is lost at this size; what tells one picture from another is not.
/// </summary>
internal static class PictureSketch
{
    /// <summary>Rows and columns of brightness, and of each colour difference.</summary>
    public const int Side = 32, ColourSide = 8;

    /// <summary>Bytes of brightness, and of the whole.</summary>
    public const int Brightness = Side * Side, Length = Brightness + 2 * ColourSide * ColourSide;

    /// <summary>Makes the sketch of a picture.</summary>
    /// <param name="picture">(H, W, 3).</param>
    /// <param name="sketch">(<see cref="Length"/>).</param>
    public static void Fill(ImageBuffer picture, Span<byte> sketch)
    {
        using var small = Resample.Apply(picture, Side, Side, Interpolation.Bilinear);
        var pixels = small.Pixels;
        const int block = Side / ColourSide;
        Span<int> blue = stackalloc int[ColourSide * ColourSide], red = stackalloc int[ColourSide * ColourSide];
        for (var i = 0; i < Brightness; i++)
        {
            int r = pixels[3 * i], g = pixels[3 * i + 1], b = pixels[3 * i + 2];
            var luma = (77 * r + 150 * g + 29 * b + 128) >> 8; // ITU-R BT.601
            sketch[i] = (byte)luma;
            var cell = i / Side / block * ColourSide + i % Side / block;
            blue[cell] += b - luma;
            red[cell] += r - luma;
        }
        for (var c = 0; c < blue.Length; c++)
        {
            // Means over a block; scaled as Cb and Cr are, so that they fit a byte.
            sketch[Brightness + c] = (byte)Math.Clamp(128 + (int)Math.Round(blue[c] * 0.564 / (block * block)), 0, 255);
            sketch[Brightness + blue.Length + c] = (byte)Math.Clamp(128 + (int)Math.Round(red[c] * 0.713 / (block * block)), 0, 255);
        }
    }
}
