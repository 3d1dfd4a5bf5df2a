using Selfsame.Modalities.Image;

namespace Selfsame.Tests.Data.Checking;

/// <summary>Pictures that differ as photographs and drawings do, each a pure function of its number: a gradient, shapes on it, some with texture.</summary>
internal static class DrawnPictures
{
    public static ImageBuffer Draw(int number)
    {
        var state = (ulong)number * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019;
        int height = 72 + Next(56), width = 72 + Next(56);
        var picture = new ImageBuffer(height, width);
        Span<int> from = [Next(256), Next(256), Next(256)], to = [Next(256), Next(256), Next(256)];
        double dx = Next(200) / 100.0 - 1, dy = Next(200) / 100.0 - 1, waves = 0.02 + Next(30) / 100.0;
        var texture = Next(3) == 0 ? 30 : 0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var share = Math.Clamp(0.5 + dx * (x - width / 2.0) / width + dy * (y - height / 2.0) / height, 0, 1);
                var ripple = texture * Math.Sin(waves * (x * dy + y * dx) * 8);
                for (var c = 0; c < 3; c++)
                    picture.Row(y)[3 * x + c] = (byte)Math.Clamp(from[c] + (to[c] - from[c]) * share + ripple, 0, 255);
            }
        for (var shapes = 3 + Next(6); shapes > 0; shapes--)
        {
            int cx = Next(width), cy = Next(height), rx = 5 + Next(width / 3), ry = 5 + Next(height / 3);
            var round = Next(2) == 0;
            Span<byte> colour = [(byte)Next(256), (byte)Next(256), (byte)Next(256)];
            for (var y = Math.Max(0, cy - ry); y < Math.Min(height, cy + ry); y++)
                for (var x = Math.Max(0, cx - rx); x < Math.Min(width, cx + rx); x++)
                    if (!round || Math.Pow((x - cx) / (double)rx, 2) + Math.Pow((y - cy) / (double)ry, 2) < 1)
                        colour.CopyTo(picture.Row(y)[(3 * x)..]);
        }
        return picture;

        int Next(int limit)
        {
            // SplitMix64 (Steele et al. 2014).
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)limit);
        }
    }
}
