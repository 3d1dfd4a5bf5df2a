using System.Text;
using Selfsame.Data.Exclusions;
using Selfsame.Data.Loading;
using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Video;

namespace Selfsame.Data;

/// <summary>Samples of one or several modalities with names, groups, metadata and a fixed split; the samples themselves are read when asked for. Safe from any thread.</summary>
public sealed class DataSet : IDisposable
{
    // Decoded and shrunk films, see VideoViewSettings.KeepWithin.
    private const long FilmBytes = 1L << 30;

    // Values of a column that a message lists.
    private const int MostNamed = 20;

    private readonly SampleIndex _index;
    private readonly SampleStore _store;
    private readonly Lazy<SampleCache<KeptFilm>> _films;

    internal DataSet(string name, SampleIndex index, SampleStore store)
    {
        (Name, _index, _store) = (name, index, store);
        _films = new(() => new(Count, FilmBytes, film => film.Bytes));
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

    /// <summary>What there is in it; a sample may lack any of these.</summary>
    public ModalitySet Modalities => _index.Modalities;

    /// <summary>What a sample has.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public ModalitySet ModalitiesOf(int index) => _index.Has(index);

    /// <summary>Whether a sample has a modality.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="modality">One of <see cref="Modality.All"/>.</param>
    public bool Has(int index, string modality) => _index.Has(index).Contains(modality);

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
    public string Location(int index) => _store.Location(index, _index.Stored(index) is { IsEmpty: false } stored ? stored.Names[0] : Modality.Text);

    /// <summary>Where one modality of a sample lies, for messages.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="modality">One of <see cref="Modality.All"/>.</param>
    public string Location(int index, string modality) =>
        _index.Stored(index).Contains(modality) ? _store.Location(index, modality) : $"{Location(index)} ({_index.TextColumn?.Name ?? modality})";

    /// <summary>A number that grows with the length of a sample's sound, film or text: bytes as stored. 0 where the sample has none.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="modality">One of <see cref="Modality.All"/>.</param>
    public long SizeHint(int index, string modality) =>
        _index.Stored(index).Contains(modality) ? _store.Size(index, modality)
        : modality == Modality.Text && _index.TextColumn is { } column ? column.Size(index)
        : 0;

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

    /// <summary>
    /// The samples that have any of some modalities. Of samples that differ only in what was not asked for (one picture with a
    /// caption in each of many languages, asked for pictures), the first stays. This data set itself where nothing changes,
    /// and otherwise the owner of its files from now on: dispose the result alone.
    /// </summary>
    /// <exception cref="DataSourceException">No sample has any of them.</exception>
    public DataSet Holding(ModalitySet wanted)
    {
        var kept = new List<int>(Count);
        var seen = new HashSet<(long, long, long, long, long, int)>();
        var narrower = (Modalities & wanted) != Modalities;
        for (var i = 0; i < Count; i++)
            if (!(_index.Has(i) & wanted).IsEmpty && (!narrower || seen.Add(IdentityOf(i, wanted))))
                kept.Add(i);
        if (kept.Count == Count)
            return this;
        if (kept.Count == 0)
            throw new DataSourceException($"'{Name}' holds no {wanted.ToString().Replace(", ", " and no ", StringComparison.Ordinal)}; it holds {Modalities}");
        int[] chosen = [.. kept];
        return new(Name, _index.Select(chosen), new SubsetStore(_store, chosen)) { Excluded = Excluded, ExclusionLists = ExclusionLists };
    }

    /// <summary>The samples that have one of some values in a column. This data set itself where nothing changes, and otherwise the owner of its files from now on: dispose the result alone.</summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <param name="values">Values that are taken.</param>
    /// <exception cref="DataSourceException">There is no such column, or no sample has one of the values.</exception>
    public DataSet Where(string column, IReadOnlyCollection<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var texts = Find(column);
        var (chosen, found, others) = (new List<int>(Count), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < Count; i++)
        {
            var text = texts[i];
            (values.Contains(text) ? found : others).Add(text);
            if (values.Contains(text))
                chosen.Add(i);
        }

        if (values.FirstOrDefault(value => !found.Contains(value)) is { } missing)
        {
            var known = found.Concat(others).Order(StringComparer.Ordinal).ToArray();
            throw new DataSourceException($"no sample of '{Name}' has '{missing}' in column '{column}'; there are: {string.Join(", ", known.Take(MostNamed))}{(known.Length > MostNamed ? $" and {known.Length - MostNamed} more" : "")}");
        }

        int[] kept = [.. chosen];
        return kept.Length == Count ? this : new(Name, _index.Select(kept), new SubsetStore(_store, kept)) { Excluded = Excluded, ExclusionLists = ExclusionLists };
    }

    /// <summary>
    /// This data set and the training parts of others, as <see cref="DataSplit.Added"/>: what they hold back stays held back. Keys and groups of those start with the name of
    /// their data set. The result owns the files of all: dispose it alone.
    /// </summary>
    /// <param name="others">Data sets to add.</param>
    internal DataSet With(IReadOnlyList<DataSet> others)
    {
        var parts = new List<(string Name, SampleIndex Index, SampleStore Store)>();
        foreach (var other in others)
        {
            var train = other.Split(DataSplit.Train);
            parts.Add((other.Name, other._index.Select(train), new SubsetStore(other._store, train)));
        }

        var index = _index.With(parts.ConvertAll(part => (part.Name, part.Index)));
        return new(Name, index, new JoinedStore([(_store, Count), .. parts.ConvertAll(part => (part.Store, part.Index.Count))])) { Excluded = Excluded, ExclusionLists = ExclusionLists };
    }

    /// <summary>How many different ones there are of a modality, where several samples may share one, and how long they last together.</summary>
    /// <param name="modality">One of <see cref="Modality.All"/>.</param>
    /// <returns>Seconds are 0 where the data set does not say them.</returns>
    public (int Count, double Seconds) Distinct(string modality)
    {
        var wanted = ModalitySet.Of(modality);
        var seen = new HashSet<(long, long, long, long, long, int)>();
        var seconds = 0.0;
        for (var i = 0; i < Count; i++)
            if (Has(i, modality) && seen.Add(IdentityOf(i, wanted)) && modality is (Modality.Audio or Modality.Video))
                seconds += Seconds(i) ?? 0;
        return (seen.Count, seconds);
    }

    /// <summary>A number that samples share where one modality of theirs is the same file or text; null where the sample lacks it.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="modality">One of <see cref="Modality.All"/>.</param>
    public long? Identity(int index, string modality) => !Has(index, modality) ? null : _index.Stored(index).Contains(modality) ? _store.Identity(index, modality) : _index.TextColumn!.Code(index);

    /// <summary>The encoded file of one modality; text in UTF-8.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="modality">One of <see cref="Modality.All"/>.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="MediaException">It is empty, or the sample has none.</exception>
    public byte[] ReadBytes(int index, string modality)
    {
        if (modality == Modality.Text && !_index.Stored(index).Contains(modality))
            return Encoding.UTF8.GetBytes(ReadText(index));
        Require(index, modality);
        using var bytes = _store.Read(index, modality);
        return bytes.Span.ToArray();
    }

    /// <summary>The text: the sample's own, else its column <c>text</c> or <c>caption</c>.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <exception cref="MediaException">It is not UTF-8, or the sample has none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string ReadText(int index)
    {
        Require(index, Modality.Text);
        if (!_index.Stored(index).Contains(Modality.Text))
            return _index.TextColumn![index];
        using var bytes = _store.Read(index, Modality.Text);
        return Utf8(bytes.Span);
    }

    /// <summary>The encoded picture. Data sets that are kept decoded give a PNG.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] ReadBytes(int index)
    {
        using var bytes = _store.Read(index, Modality.Image);
        return bytes.Span.ToArray();
    }

    /// <summary>The decoded picture, in pooled memory that the caller disposes.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="options">Null: RGB on white, as stored.</param>
    /// <exception cref="MediaException">It is not a picture, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ImageBuffer ReadImage(int index, ImageDecodeOptions? options = null) =>
        _store.ReadImage(index, options ?? ImageDecodeOptions.Default);

    /// <summary>The depth map, in pooled memory that the caller disposes.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <exception cref="MediaException">It is no picture of one channel, damaged, or the sample has none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public DepthMap ReadDepth(int index)
    {
        Require(index, Modality.Depth);
        using var bytes = _store.Read(index, Modality.Depth);
        return MediaDecoder.DecodeDepth(bytes.Span);
    }

    /// <summary>Closes files and mapped memory, and frees what was kept.</summary>
    public void Dispose()
    {
        if (_films.IsValueCreated)
            _films.Value.Dispose();
        _store.Dispose();
    }

    /// <summary>All pictures of a film or of the part of it that a sample is, shrunk; decoded, or what was kept of it. Give it back with <see cref="Return"/>.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="side">Longest side of the pictures.</param>
    /// <returns>Null where it is too long to be kept.</returns>
    /// <exception cref="MediaException">It cannot be decoded.</exception>
    internal KeptFilm? Film(int index, int side)
    {
        if (_films.Value.Find(index) is { } kept && kept.Side == side)
            return kept;
        if (KeptFilm.Decode(OpenMedia(index, Modality.Video), FilmPart(index), side) is not { } film)
            return null;
        _films.Value.TryKeep(index, film);
        return film;
    }

    /// <summary>Frees a film that is not kept.</summary>
    internal void Return(int index, KeptFilm film)
    {
        if (!ReferenceEquals(_films.Value.Find(index), film))
            film.Dispose();
    }

    /// <summary>A sound's or a film's content: its file, mapped memory, or a copy of its bytes where it lies inside another file. Valid as long as the data set.</summary>
    /// <exception cref="MediaException">The sample has none.</exception>
    public MediaSource OpenMedia(int index, string modality)
    {
        Require(index, modality);
        if (_store.PathOf(index, modality) is { } path)
            return path;
        if (_store.MappedOf(index, modality) is { } mapped)
            return mapped;
        using var bytes = _store.Read(index, modality);
        return bytes.Span.ToArray();
    }

    /// <summary>How long a sound or film lasts, where the column <c>seconds</c> says so.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public double? Seconds(int index) => Number("seconds", index);

    /// <summary>The part of its film that a sample is, where the columns <c>start</c> and <c>seconds</c> say so; null for all of it.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public MediaPart? FilmPart(int index) => Number("start", index) is { } start && start >= 0 && Seconds(index) is { } seconds && seconds > 0
        ? new(TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(seconds))
        : null;

    /// <summary>Metres that a step of a sample's depth map stands for, where the column <c>metres</c> says so.</summary>
    /// <param name="index">0 .. <see cref="Count"/> - 1.</param>
    public double? DepthStep(int index) => Number("metres", index);

    /// <summary>Path of a modality's file; null where it lies inside another file.</summary>
    internal string? PathOf(int index, string modality) => _store.PathOf(index, modality);

    private double? Number(string name, int index) =>
        _index.Find(name) is { } column && double.TryParse(column[index], System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Utf8(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        var text = new char[bytes.Length];
        var status = System.Text.Unicode.Utf8.ToUtf16(bytes, text, out var read, out var written, replaceInvalidSequences: false);
        return status == System.Buffers.OperationStatus.Done
            ? new string(text, 0, written)
            : throw new MediaException(MediaError.Corrupt, $"the text is not UTF-8: byte {read} ({bytes[read]:x2}) starts no character");
    }

    private void Require(int index, string modality)
    {
        if (!Has(index, modality))
            throw new MediaException(MediaError.Corrupt, $"the sample has no {modality}");
    }

    // What a sample has of each modality, and which part of its film.
    private (long, long, long, long, long, int) IdentityOf(int index, ModalitySet wanted)
    {
        Span<long> parts = stackalloc long[Modality.All.Count];
        for (var k = 0; k < parts.Length; k++)
        {
            var modality = Modality.All[k];
            parts[k] = wanted.Contains(modality) ? Identity(index, modality) ?? -1 : -1;
        }
        return (parts[0], parts[1], parts[2], parts[3], parts[4], wanted.Contains(Modality.Video) ? _index.Find("start")?.Code(index) ?? -1 : -1);
    }

    /// <summary>The same data without some samples. Owns this one's files: dispose the result alone.</summary>
    /// <param name="kept">Samples that stay, ascending.</param>
    /// <param name="lists">Why the others do not.</param>
    internal DataSet Keep(int[] kept, IReadOnlyList<AppliedExclusions> lists) =>
        new(Name, _index.Select(kept), new SubsetStore(_store, kept)) { Excluded = Count - kept.Length, ExclusionLists = lists };

    private TextColumn Find(string column) => _index.Find(column) ?? throw new DataSourceException(
        $"data set '{Name}' has no column '{column}'; it has: {(Columns.Count == 0 ? "none" : string.Join(", ", Columns))}");
}
