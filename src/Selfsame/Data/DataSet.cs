using Selfsame.Data.Exclusions;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data;

/// <summary>Samples with names, groups, metadata and a fixed split; the samples themselves are read when asked for. Safe from any thread.</summary>
public sealed class DataSet : IDisposable
{
    private readonly SampleIndex _index;
    private readonly SampleStore _store;

    internal DataSet(string name, SampleIndex index, SampleStore store)
    {
        (Name, _index, _store) = (name, index, store);
        var columns = new string[index.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = index.Columns[i].Name;
        Columns = columns;
    }

    /// <summary>Name in the catalogue, or the path it was opened from.</summary>
    public string Name { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _index.Count;

    /// <summary>Number of distinct groups.</summary>
    public int GroupCount => _index.Groups.Distinct;

    /// <summary>Names of the metadata columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>What could not become a sample, found while making the index: broken links, missing shards.</summary>
    public IReadOnlyList<SampleProblem> Problems => _index.Problems;

    /// <summary>Samples that lists of exclusions keep out.</summary>
    public int Excluded { get; private init; }

    /// <summary>The lists that apply, and what each keeps out.</summary>
    public IReadOnlyList<AppliedExclusions> ExclusionLists { get; private init; } = [];

    /// <summary>Name of a sample within the data set; relative path, with '/', where it is a file.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public string Key(int index) => _index.Keys[index];

    /// <summary>What a sample shares with the others that show the same thing.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public string Group(int index) => _index.Groups[index];

    /// <summary>The part that a sample belongs to.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public DataSplit SplitOf(int index) => _index.Split(index);

    /// <summary>A metadata value; empty where the sample has none.</summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <exception cref="DataSourceException">There is no such column.</exception>
    public string Text(string column, int index) => Find(column)[index];

    /// <summary>Where a sample lies, for messages.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public string Location(int index) => _store.Location(index);

    /// <summary>Indices of all samples of one part, ascending.</summary>
    public int[] Split(DataSplit split)
    {
        var indices = new List<int>();
        for (var i = 0; i < Count; i++)
            if (_index.Split(i) == split)
                indices.Add(i);
        return [.. indices];
    }

    /// <summary>A metadata column as classes.</summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <exception cref="DataSourceException">There is no such column.</exception>
    public LabelSet Labels(string column) => LabelSet.From(Find(column));

    /// <summary>The encoded picture. Data sets that are kept decoded give a PNG.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] ReadBytes(int index)
    {
        using var bytes = _store.Read(index);
        return bytes.Span.ToArray();
    }

    /// <summary>The decoded picture, in pooled memory that the caller disposes.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="options">Null: RGB on white, as stored.</param>
    /// <exception cref="MediaException">It is not a picture, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ImageBuffer ReadImage(int index, ImageDecodeOptions? options = null) =>
        _store.ReadImage(index, options ?? ImageDecodeOptions.Default);

    /// <summary>Closes files and mapped memory.</summary>
    public void Dispose() => _store.Dispose();

    /// <summary>The same data without some samples. Owns this one's files: dispose the result alone.</summary>
    /// <param name="kept">Samples that stay, ascending.</param>
    /// <param name="lists">Why the others do not.</param>
    internal DataSet Keep(int[] kept, IReadOnlyList<AppliedExclusions> lists)
    {
        var builder = new SampleIndex.Builder();
        foreach (var i in kept)
        {
            builder.Add(_index.Keys[i], _index.Groups[i], _index.Split(i));
            foreach (var column in _index.Columns)
                if (column[i] is { Length: > 0 } value)
                    builder.Set(column.Name, value);
        }
        foreach (var (path, reason) in _index.Problems)
            builder.Report(path, reason);
        return new(Name, builder.Build(), new SubsetStore(_store, kept)) { Excluded = Count - kept.Length, ExclusionLists = lists };
    }

    private TextColumn Find(string column) => _index.Find(column) ?? throw new DataSourceException(
        $"data set '{Name}' has no column '{column}'; it has: {(Columns.Count == 0 ? "none" : string.Join(", ", Columns))}");
}
