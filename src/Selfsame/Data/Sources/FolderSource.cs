using System.IO.Enumeration;

namespace Selfsame.Data.Sources;

/// <summary>
/// Every picture below a folder, in ordinal order of names. Metadata column <c>folder</c> is the name of the parent folder. Files
/// that differ in extension only share a group. Folders named train, val and test (and nothing else at the top) fix the split.
/// Links to folders are followed once; links that point nowhere are reported, not fatal. Names that start with '.' are left out.
/// </summary>
internal sealed class FolderSource
{
    private readonly string _root;
    private readonly CancellationToken _cancel;
    private readonly SampleIndex.Builder _index = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal); // real paths, so that links in a circle end
    private bool _splitByFolder;

    private FolderSource(string root, CancellationToken cancel) => (_root, _cancel) = (root, cancel);

    public static DataSet Open(string folder, CancellationToken cancel = default)
    {
        var root = Path.GetFullPath(folder);
        var source = new FolderSource(root, cancel);
        source._splitByFolder = source.HasSplitFolders();
        source.Visit("", null);
        var index = source._index.Build();
        return new(folder, index, new FileStore(root, index.Keys));
    }

    private readonly record struct Entry(string Name, bool IsFolder, bool IsLink);

    private bool HasSplitFolders()
    {
        var train = false;
        foreach (var entry in List(""))
        {
            if (entry.IsFolder && SplitRule.TryParse(entry.Name, out var split))
                train |= split == DataSplit.Train;
            else if (entry.IsFolder || PictureFile.IsPicture(entry.Name))
                return false;
        }
        return train;
    }

    private void Visit(string relative, DataSplit? split)
    {
        _cancel.ThrowIfCancellationRequested();
        if (!_visited.Add(RealPath(Path.Combine(_root, relative))))
            return;
        List<Entry> entries;
        try
        {
            entries = List(relative);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _index.Report(Path.Combine(_root, relative), $"the folder cannot be read: {e.Message}");
            return;
        }
        foreach (var entry in entries)
        {
            var path = relative.Length == 0 ? entry.Name : $"{relative}/{entry.Name}";
            if (entry.IsFolder)
            {
                var inner = split ?? (_splitByFolder && SplitRule.TryParse(entry.Name, out var named) ? named : null);
                Visit(path, inner);
            }
            else if (PictureFile.IsPicture(entry.Name))
            {
                Add(path, relative, split, entry.IsLink);
            }
        }
    }

    private void Add(string path, string relative, DataSplit? split, bool isLink)
    {
        if (isLink && !Resolves(Path.Combine(_root, path)))
        {
            _index.Report(Path.Combine(_root, path), "the symbolic link points nowhere");
            return;
        }
        _index.Add(path, PictureFile.WithoutExtension(path), split);
        _index.Set("folder", relative.Length == 0 ? Path.GetFileName(_root) : Path.GetFileName(relative));
    }

    private static bool Resolves(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: true) is { Exists: true };
        }
        catch (IOException)
        {
            return false; // links in a circle
        }
    }

    private List<Entry> List(string relative)
    {
        var entries = new List<Entry>(new FileSystemEnumerable<Entry>(Path.Combine(_root, relative),
            static (ref FileSystemEntry e) => new Entry(e.FileName.ToString(), e.IsDirectory, (e.Attributes & FileAttributes.ReparsePoint) != 0),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry e) => e.FileName[0] != '.',
        });
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    private static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true) is { } target && target.FullName != next
                ? RealPath(target.FullName)
                : next;
        }
        return real;
    }
}
