using Selfsame.Data.Checking;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Data.Checking;

/// <summary>
/// A folder of train, val and test with copies whose place is known: 20 exact (10 the same file, 10 the same pixels), 20 near, and 10 across parts;
/// and the count of what a check found of them and of what else.
/// </summary>
internal sealed class PlantedCopies
{
    private readonly TempFolder _folder;
    private readonly List<(string Original, string Copy)> _exact = [], _near = [], _leaks = [];

    /// <param name="folder">Where to.</param>
    /// <param name="count">Pictures without copies.</param>
    /// <param name="picture">The n-th of them.</param>
    public PlantedCopies(TempFolder folder, int count, Func<int, ImageBuffer> picture)
    {
        _folder = folder;
        for (var n = 0; n < count; n++)
        {
            var part = (n % 10) switch { 8 => "val", 9 => "test", _ => "train" };
            var name = $"{part}/p{n:0000}.png";
            using var image = picture(n);
            folder.Write(name, PngWriter.Encode(image));
            var k = n / 10;
            switch (n % 10)
            {
                case 0 when k < 20: // same part
                    Plant(_exact, name, $"train/x{n:0000}.png", PngWriter.Encode(image, k % 2 == 0 ? 6 : 1));
                    break;
                case 1 when k < 20:
                    Plant(_near, name, $"train/y{n:0000}", Changed(image, k));
                    break;
                case 9 when k < 10: // its copy in train
                    Plant(_leaks, name, $"train/z{n:0000}", Changed(image, k + 3));
                    break;
            }
        }
    }

    /// <summary>What a check found: planted pairs of each kind that share a group, or are a leak; and copies in groups where none was planted.</summary>
    public (int Exact, int Near, int Leaks, IReadOnlyList<string> False) Count(DataCheckReport report)
    {
        var groupOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var g = 0; g < report.Duplicates.Count; g++)
            foreach (var member in report.Duplicates[g].Members)
                groupOf.Add(member.Key, g);
        var leaking = report.Leaks.Select(leak => leak.Key).ToHashSet(StringComparer.Ordinal);
        var planted = _exact.Concat(_near).Concat(_leaks).SelectMany(pair => (string[])[pair.Original, pair.Copy]).ToHashSet(StringComparer.Ordinal);
        return (_exact.Count(Together), _near.Count(Together), _leaks.Count(pair => Together(pair) && leaking.Contains(pair.Copy)),
            [.. report.Duplicates.SelectMany(group => group.Members).Where(member => member.Kept is not null && !(planted.Contains(member.Key) && planted.Contains(member.Kept))).Select(member => $"{member.Key} = {member.Kept} ({member.Distance})")]);

        bool Together((string Original, string Copy) pair) => groupOf.TryGetValue(pair.Copy, out var g) && groupOf.TryGetValue(pair.Original, out var other) && g == other;
    }

    /// <summary>Re-encoded as JPEG 40 to 90, resized 0.5 to 2, or both.</summary>
    internal static (string Extension, byte[] File) Changed(ImageBuffer image, int kind)
    {
        double[] scales = [0.5, 0.7, 1.4, 2];
        switch (kind % 3)
        {
            case 0:
                return (".jpg", JpegFile.Encode(image, 40 + kind * 17 % 51));
            case 1:
                using (var resized = Scaled(image, scales[kind / 3 % 4], kind % 2 == 0 ? Interpolation.Bicubic : Interpolation.Bilinear))
                    return (".png", PngWriter.Encode(resized));
            default:
                using (var resized = Scaled(image, scales[kind / 3 % 4], Interpolation.Lanczos))
                    return (".jpg", JpegFile.Encode(resized, 60));
        }
    }

    internal static ImageBuffer Scaled(ImageBuffer image, double scale, Interpolation interpolation) => Resample.Apply(image,
        Math.Max(1, (int)Math.Round(image.Height * scale)), Math.Max(1, (int)Math.Round(image.Width * scale)), interpolation);

    private void Plant(List<(string Original, string Copy)> list, string original, string name, (string Extension, byte[] File) copy) => Plant(list, original, name + copy.Extension, copy.File);

    private void Plant(List<(string Original, string Copy)> list, string original, string name, byte[] file)
    {
        _folder.Write(name, file);
        list.Add((original, name));
    }
}
