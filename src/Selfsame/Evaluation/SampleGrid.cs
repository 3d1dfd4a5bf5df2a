using Selfsame.Modalities.Media;
using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Many small pictures as one.</summary>
public static class SampleGrid
{
    private const int Gap = 2;

    /// <summary>Lays pictures out in rows of equal length, white between them.</summary>
    /// <param name="pictures">(n, 1 or 3, height, width), 0..255.</param>
    /// <param name="columns">Pictures in a row; 0 makes the grid about square.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Png(Tensor pictures, int columns = 0)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var (count, channels, height, width) = ((int)pictures.Size(0), (int)pictures.Size(1), (int)pictures.Size(2), (int)pictures.Size(3));
        if (columns <= 0)
            columns = (int)Math.Ceiling(Math.Sqrt(count));
        var rows = (count + columns - 1) / columns;
        var (gridHeight, gridWidth) = ((rows * (height + Gap)) - Gap, (columns * (width + Gap)) - Gap);
        var values = pictures.ToArray<float>();
        var pixels = new byte[gridHeight * gridWidth * 3];
        Array.Fill(pixels, (byte)255);
        for (var n = 0; n < count; n++)
        {
            var (top, left) = (n / columns * (height + Gap), n % columns * (width + Gap));
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    for (var c = 0; c < 3; c++)
                    {
                        var value = values[(((((n * channels) + Math.Min(c, channels - 1)) * height) + y) * width) + x];
                        pixels[((((top + y) * gridWidth) + left + x) * 3) + c] = (byte)Math.Clamp(MathF.Round(value), 0f, 255f);
                    }
                }
            }
        }

        return PngWriter.Encode(pixels, gridWidth, gridHeight, 3);
    }
}
