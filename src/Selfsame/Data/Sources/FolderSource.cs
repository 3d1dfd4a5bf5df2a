using System.IO.Enumeration;

namespace Selfsame.Data.Sources;

/// <summary>
/// Every picture, sound, film and text below a folder, in ordinal order of names. Files of different modalities that differ in
/// extension only (<c>dog.png</c>, <c>dog.ogg</c>, <c>dog.txt</c>) are one sample; files of the same modality (<c>dog.png</c>,
/// <c>dog.jpg</c>) are several that share a group, and the text beside them. Text on its own (README.txt among pictures) is a sample
/// only where text was asked for, or nothing but text is there. Metadata column <c>folder</c> is the name of the parent folder.
/// Folders named train, val and test (and nothing else at the top) fix the split.
/// Links to folders are followed once; links that point nowhere are reported, not fatal. Names that start with '.' are left out.
/// </summary>
internal sealed class FolderSource
{
    private readonly string _root;
    private readonly CancellationToken _cancel;
    private readonly SampleIndex.Builder _index = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal); // real paths, so that links in a circle end
    private readonly Dictionary<string, TextColumn.Builder> _paths = new(StringComparer.Ordinal);
    private readonly ModalitySet _wanted;
    private readonly bool _looseText;
    private bool _splitByFolder;

    private FolderSource(string root, ModalitySet wanted, bool looseText, CancellationToken cancel) =>
        (_root, _wanted, _looseText, _cancel) = (root, wanted, looseText, cancel);

    /// <param name="folder">The folder.</param>
    /// <param name="wanted">What is looked for; null: whatever there is.</param>
    /// <param name="cancel">Stops reading.</param>
    public static DataSet Open(string folder, ModalitySet? wanted = null, CancellationToken cancel = default)
    {
        var asked = wanted?.Contains(Modality.Text) ?? false;
        var data = Open(folder, wanted ?? ModalitySet.Everything, asked, cancel);
        if (data.Count > 0 || asked || wanted is not null)
            return data;
        data.Dispose();
        return Open(folder, ModalitySet.Everything, looseText: true, cancel);
    }

    private static DataSet Open(string folder, ModalitySet wanted, bool looseText, CancellationToken cancel)
    {
        var root = Path.GetFullPath(folder);
        var source = new FolderSource(root, wanted, looseText, cancel);
        source._splitByFolder = source.HasSplitFolders();
        source.Visit("", null);
        var index = source._index.Build();
        return new(folder, index, new FileStore(root, source._paths.ToDictionary(pair => pair.Key, pair => Padded(pair.Value, index.Count), StringComparer.Ordinal)));
    }

    private static TextColumn Padded(TextColumn.Builder paths, int count)
    {
        paths.PadTo(count);
        return paths.Build();
    }

    private readonly record struct Entry(string Name, bool IsFolder, bool IsLink);

    private bool HasSplitFolders()
    {
        var train = false;
        foreach (var entry in List(""))
        {
            if (entry.IsFolder && SplitRule.TryParse(entry.Name, out var split))
                train |= split == DataSplit.Train;
            else if (entry.IsFolder || (MediaFile.ModalityOf(entry.Name) is { } modality && _wanted.Contains(modality) && (_looseText || modality != Modality.Text)))
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
        var beside = Beside(entries);
        foreach (var entry in entries)
        {
            var path = relative.Length == 0 ? entry.Name : $"{relative}/{entry.Name}";
            if (entry.IsFolder)
            {
                var inner = split ?? (_splitByFolder && SplitRule.TryParse(entry.Name, out var named) ? named : null);
                Visit(path, inner);
            }
            else if (ModalityOf(entry) is { } modality && IsFirst(modality, beside[MediaFile.WithoutExtension(entry.Name)]))
            {
                Add(path, relative, split, entry, modality, beside[MediaFile.WithoutExtension(entry.Name)]);
            }
        }
    }

    // Files of a folder by their names without extension.
    private Dictionary<string, List<Entry>> Beside(List<Entry> entries)
    {
        var beside = new Dictionary<string, List<Entry>>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.IsFolder || ModalityOf(entry) is null)
                continue;
            var name = MediaFile.WithoutExtension(entry.Name);
            if (!beside.TryGetValue(name, out var files))
                beside.Add(name, files = []);
            files.Add(entry);
        }
        return beside;
    }

    private string? ModalityOf(Entry entry) =>
        !entry.IsFolder && MediaFile.ModalityOf(entry.Name) is { } modality && _wanted.Contains(modality) ? modality : null;

    // A sample goes by its first modality; what else is there by the same name belongs to it.
    private bool IsFirst(string modality, List<Entry> files)
    {
        if (modality == Modality.Text && !_looseText)
            return false;
        foreach (var file in files)
            if (Modality.IndexOf(ModalityOf(file)!) < Modality.IndexOf(modality))
                return false;
        return true;
    }

    private void Add(string path, string relative, DataSplit? split, Entry entry, string modality, List<Entry> files)
    {
        if (entry.IsLink && !Resolves(Path.Combine(_root, path)))
        {
            _index.Report(Path.Combine(_root, path), "the symbolic link points nowhere");
            return;
        }
        var stored = ModalitySet.Of(modality);
        Put(modality, path);
        foreach (var file in files)
        {
            if (ModalityOf(file) is not { } other || stored.Contains(other))
                continue;
            stored |= ModalitySet.Of(other);
            Put(other, relative.Length == 0 ? file.Name : $"{relative}/{file.Name}");
        }
        _index.Add(path, MediaFile.WithoutExtension(path), split, stored);
        _index.Set("folder", relative.Length == 0 ? Path.GetFileName(_root) : Path.GetFileName(relative));
    }

    private void Put(string modality, string path)
    {
        if (!_paths.TryGetValue(modality, out var builder))
            _paths.Add(modality, builder = new(modality));
        builder.PadTo(_index.Count);
        builder.Add(path);
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
