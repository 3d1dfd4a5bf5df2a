using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Selfsame.Modalities.Image;

namespace Selfsame.Tests.Modalities.Image;

/// <summary>Compares 8-bit operations with answers of Pillow 9.4.0, kept as hashes: operation, height, width, channels, seed of the noise, arguments, SHA-256 (16 digits).</summary>
public sealed class PillowAnswersTests
{
    [Fact]
    public void Every_stored_answer_is_met_to_the_bit()
    {
        var answers = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(Here())!, "pillow-9.4.0-answers.txt"));
        var wrong = new List<string>();
        foreach (var answer in answers)
        {
            var words = answer.Split(' ');
            using var result = Compute(words);
            if (Hash(result) != words[^1])
                wrong.Add(answer);
        }
        Assert.True(answers.Length >= 150, $"{answers.Length} answers");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {answers.Length} differ:\n{string.Join('\n', wrong.Take(40))}");
    }

    // One shift is enough: it takes every colour to 8-bit HSV, and every place on the circle back.
    [Fact]
    public void Hue_agrees_for_every_colour()
    {
        using var image = EveryColour();
        ColorOps.Hue(image, 0.1);
        Assert.Equal("8f648cdc2e42e899", Hash(image));
    }

    private static ImageBuffer Compute(string[] words)
    {
        int Whole(int i) => int.Parse(words[i], CultureInfo.InvariantCulture);
        double Real(int i) => double.Parse(words[i], CultureInfo.InvariantCulture);
        var image = TestPictures.Noise(Whole(1), Whole(2), Whole(3), Whole(4));
        switch (words[0])
        {
            case "resize":
                using (image)
                    return Resample.Apply(image, new CropBox(Whole(6), Whole(7), Whole(8), Whole(9)), Whole(10), Whole(11), Enum.Parse<Interpolation>(words[5]));
            case "composite":
                using (image)
                    return Alpha.Composite(image, (byte)Whole(5), (byte)Whole(6), (byte)Whole(7));
            case "grey":
                using (image)
                    return ColorOps.ToGrey(image);
            case "brightness": ColorOps.Brightness(image, Real(5)); break;
            case "contrast": ColorOps.Contrast(image, Real(5)); break;
            case "saturation": ColorOps.Saturation(image, Real(5)); break;
            case "hue": ColorOps.Hue(image, Real(5)); break;
            case "blur": GaussianBlur.Apply(image, Real(5)); break;
            default: Point(words[0], image, Whole(5), narrow: Whole(6) == 1); break;
        }
        return image;
    }

    private static void Point(string operation, ImageBuffer image, int argument, bool narrow)
    {
        if (narrow)
            foreach (ref var value in image.Pixels)
                value = (byte)(value / 7 + 40);
        switch (operation)
        {
            case "solarize": PointOps.Solarize(image, argument); break;
            case "invert": PointOps.Invert(image); break;
            case "posterize": PointOps.Posterize(image, argument); break;
            case "autocontrast": PointOps.AutoContrast(image); break;
            case "equalize": PointOps.Equalize(image); break;
            default: throw new ArgumentException($"unknown operation {operation}");
        }
    }

    private static ImageBuffer EveryColour()
    {
        var image = new ImageBuffer(4096, 4096);
        var pixels = image.Pixels;
        for (int i = 0, at = 0; i < 1 << 24; i++)
            (pixels[at++], pixels[at++], pixels[at++]) = ((byte)i, (byte)(i >> 8), (byte)(i >> 16));
        return image;
    }

    private static string Hash(ImageBuffer image) => Convert.ToHexStringLower(SHA256.HashData(image.Pixels))[..16];

    private static string Here([CallerFilePath] string path = "") => path;
}
