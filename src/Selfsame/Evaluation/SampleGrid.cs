using Selfsame.Modalities.Media;
using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Many small pictures as one.</summary>
public static class SampleGrid
{
    /// <summary>Lays pictures out in rows of equal length, white between them.</summary>
    /// <param name="pictures">(n, 1 or 3, height, width), 0..255.</param>
    /// <param name="columns">Pictures in a row; 0 makes the grid about square.</param>
    /// <param name="gap">Pixels between pictures.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Png(Tensor pictures, int columns = 0, int gap = 2)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var (count, channels, height, width) = ((int)pictures.Size(0), (int)pictures.Size(1), (int)pictures.Size(2), (int)pictures.Size(3));
        if (columns <= 0)
            columns = (int)Math.Ceiling(Math.Sqrt(count));
        var rows = (count + columns - 1) / columns;
        var (gridHeight, gridWidth) = ((rows * (height + gap)) - gap, (columns * (width + gap)) - gap);
        var values = pictures.ToArray<float>();
        var pixels = new byte[gridHeight * gridWidth * 3];
        Array.Fill(pixels, (byte)255);
        for (var n = 0; n < count; n++)
        {
            var (top, left) = (n / columns * (height + gap), n % columns * (width + gap));
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

    /// <summary>Normalised pictures as pixels, 0..255.</summary>
    /// <param name="pictures">Any shape, in a model's range.</param>
    /// <param name="range">Mean and deviation that they were normalised with, on values in 0..1.</param>
    public static Tensor ToPixels(Tensor pictures, (double Mean, double Deviation) range)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return (((pictures * range.Deviation) + range.Mean) * 255.0).Clamp(0.0, 255.0);
    }

    /// <summary>Normalised pictures as pixels, 0..255.</summary>
    /// <param name="pictures">(n, C, height, width), in a model's range.</param>
    /// <param name="range">Mean and deviation of each channel, on values in 0..1; one entry serves all.</param>
    public static Tensor ToPixels(Tensor pictures, (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) range)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return (((pictures * Channels(range.Deviation)) + Channels(range.Mean)) * 255.0).Clamp(0.0, 255.0);

        static Tensor Channels(IReadOnlyList<double> values) => Tensor.From<double>([.. values], [1, values.Count, 1, 1]).To(DType.Float32);
    }
}
