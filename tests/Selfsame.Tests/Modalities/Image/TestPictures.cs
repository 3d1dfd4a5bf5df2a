using Selfsame.Modalities.Image;

namespace Selfsame.Tests.Modalities.Image;

/// <summary>Pictures made of nothing but a formula.</summary>
internal static class TestPictures
{
    /// <summary>Noise that is a function of the place and the seed.</summary>
    public static ImageBuffer Noise(int height, int width, int channels, int seed)
    {
        var image = new ImageBuffer(height, width, channels);
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var z = (uint)i + (uint)seed * 0x9E3779B9;
            z = (z ^ z >> 16) * 0x85EBCA6B;
            z = (z ^ z >> 13) * 0xC2B2AE35;
            pixels[i] = (byte)(z ^ z >> 16);
        }
        return image;
    }

    /// <summary>One value everywhere.</summary>
    public static ImageBuffer Plain(int height, int width, int channels, byte value)
    {
        var image = new ImageBuffer(height, width, channels);
        image.Pixels.Fill(value);
        return image;
    }
}
