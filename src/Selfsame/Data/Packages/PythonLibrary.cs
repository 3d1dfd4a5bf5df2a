using System.Text;

namespace Selfsame.Data.Packages;

/// <summary>The standard library of Python: a file a sample. A group is a package or module.</summary>
internal sealed class PythonLibrary : CatalogueEntry
{
    private const string Root = "usr/lib/python3.11/";

    public override string Name => "python";

    public override string Summary => "the files of Python's standard library that are source code: text";

    public override string Label => "package";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "libpython3.11-stdlib", "3.11.2-6+deb12u9", "10f13e000ee757f5f2d2d3569f9e30546214a0c850acd78695feae373bfa3e53", 2)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith(Root, StringComparison.Ordinal) && path.EndsWith(".py", StringComparison.Ordinal), cancel);
        var samples = new List<PreparedSample>();
        foreach (var (path, content) in files)
        {
            var key = path[Root.Length..];
            var package = key.IndexOf('/') is > 0 and var slash ? key[..slash] : key[..^3];
            if (content.Length > 0)
                samples.Add(new(key, package, [], ("text", Encoding.UTF8.GetString(content)), ("package", package)));
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }
}
