using Selfsame.Data.Sources;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>Open Clip Art: drawings of everything, named by their files.</summary>
internal sealed class Clipart : CatalogueEntry
{
    private const string Root = "usr/share/openclipart/png/";

    public override string Name => "clipart";

    public override string Summary => "about 6,900 drawings in 22 folders, kept at 128 pixels on the longest side, file names as captions";

    public override string Label => "folder";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "openclipart-png", "1:0.18+dfsg-19", "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02", 131)];

    public override ImageDecodeOptions Decode { get; } = new() { FitWithin = 128 };

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith(Root, StringComparison.Ordinal) && MediaFile.IsPicture(path), cancel);
        var samples = new List<PreparedSample>(files.Count);
        foreach (var (path, picture) in files)
        {
            var key = path[Root.Length..];
            var name = MediaFile.WithoutExtension(key);
            samples.Add(new(key, name, picture, ("folder", key[..key.IndexOf('/')]), ("subfolder", Path.GetDirectoryName(key)!),
                ("caption", Path.GetFileName(name).Replace('_', ' ').Replace('-', ' ').Trim())));
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }
}
