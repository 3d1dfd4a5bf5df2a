using System.Text;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>The stamps of Tux Paint: photographs and drawings with a caption. A stamp and its mirror image are one group.</summary>
internal sealed class Stamps : CatalogueEntry
{
    private const string Root = "usr/share/tuxpaint/stamps/";

    public override string Name => "stamps";

    public override string Summary => "about 1,040 pictures in 16 folders with captions, kept at 192 pixels on the longest side";

    public override string Label => "folder";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "tuxpaint-stamps-default", "2022.06.04-1", "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34", 161)];

    public override ImageDecodeOptions Decode { get; } = new() { FitWithin = 192 };

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0],
            path => path.StartsWith(Root, StringComparison.Ordinal) && (MediaFile.IsPicture(path) || path.EndsWith(".txt", StringComparison.Ordinal)), cancel);
        var samples = new List<PreparedSample>();
        foreach (var (path, picture) in files)
        {
            if (!MediaFile.IsPicture(path))
                continue;
            var key = path[Root.Length..];
            var name = Stem(key);
            var caption = files.TryGetValue($"{Root}{name}.txt", out var text) ? FirstLine(text) : "";
            samples.Add(new(key, name, picture, ("folder", key[..key.IndexOf('/')]), ("subfolder", Path.GetDirectoryName(key)!), ("caption", caption)));
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }

    private static string Stem(string key)
    {
        var name = MediaFile.WithoutExtension(key);
        foreach (var turned in (ReadOnlySpan<string>)["_mirror_flip", "_mirror", "_flip"])
            if (name.EndsWith(turned, StringComparison.Ordinal))
                return name[..^turned.Length];
        return name;
    }

    // The first line is English; translations follow as "de.utf8=…".
    private static string FirstLine(byte[] text)
    {
        var line = Encoding.UTF8.GetString(text).Split('\n', 2)[0].Trim();
        return line.Contains(".utf8=", StringComparison.Ordinal) ? "" : line;
    }
}
