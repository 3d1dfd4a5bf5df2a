namespace Selfsame.Data;

/// <summary>What is known of every sample without opening it: arrays over samples, not an object each.</summary>
internal sealed class SampleIndex
{
    // Read by the data set itself: the part of a film, the step of a depth map.
    private static readonly string[] s_needed = ["text", "caption", "start", "seconds", "metres"];

    private readonly DataSplit[] _splits;    // by sample
    private readonly ModalitySet[]? _stored; // by sample; null: a picture each

    private SampleIndex(TextColumn keys, TextColumn groups, IReadOnlyList<TextColumn> columns, DataSplit[] splits, ModalitySet[]? stored, IReadOnlyList<SampleProblem> problems)
    {
        (Keys, Groups, Columns, _splits, _stored, Problems) = (keys, groups, columns, splits, stored, problems);
        TextColumn = Find("text") ?? Find("caption");
        var all = new ModalitySet();
        for (var i = 0; i < Count && all != ModalitySet.Everything; i++)
            all |= Has(i);
        Modalities = all;
    }

    public int Count => Keys.Count;

    public TextColumn Keys { get; }

    public TextColumn Groups { get; }

    public IReadOnlyList<TextColumn> Columns { get; }

    public IReadOnlyList<SampleProblem> Problems { get; }

    /// <summary>The column that serves as text where a sample has no text of its own: <c>text</c>, else <c>caption</c>.</summary>
    public TextColumn? TextColumn { get; }

    /// <summary>What any sample has.</summary>
    public ModalitySet Modalities { get; }

    public DataSplit Split(int sample) => _splits[sample];

    /// <summary>What the store keeps of a sample.</summary>
    public ModalitySet Stored(int sample) => _stored is null ? ModalitySet.Images : _stored[sample];

    /// <summary>What a sample has, text in a column included.</summary>
    public ModalitySet Has(int sample)
    {
        var stored = Stored(sample);
        return TextColumn is { } column && column.Size(sample) > 0 ? stored | ModalitySet.Of(Modality.Text) : stored;
    }

    /// <summary>An index of some samples only, in the order given.</summary>
    public SampleIndex Select(int[] samples)
    {
        var columns = new TextColumn[Columns.Count];
        for (var c = 0; c < columns.Length; c++)
            columns[c] = Columns[c].Select(samples);
        return new(Keys.Select(samples, unique: true), Groups.Select(samples), columns, Array.ConvertAll(samples, i => _splits[i]),
            _stored is null ? null : Array.ConvertAll(samples, i => _stored[i]), Problems);
    }

    /// <summary>This index, and after it the training parts of others as <see cref="DataSplit.Added"/>. Keys and groups of those get the name of their data set in front.</summary>
    /// <remarks>Their text goes into the column that serves as text here, whatever it is called there; columns that this index lacks are left out.</remarks>
    public SampleIndex With(IReadOnlyList<(string Name, SampleIndex Index)> others)
    {
        var builder = new Builder();
        foreach (var problem in Problems)
            builder.Report(problem.Path, problem.Reason);
        Append(builder, this, prefix: "", null);
        foreach (var (name, index) in others)
        {
            foreach (var problem in index.Problems)
                builder.Report(problem.Path, problem.Reason);
            Append(builder, index, $"{name}:", DataSplit.Added);
        }

        return builder.Build();
    }

    private void Append(Builder builder, SampleIndex from, string prefix, DataSplit? split)
    {
        var names = from.Columns.Select(column => column == from.TextColumn && TextColumn is { } text ? text.Name : column.Name).ToArray();
        for (var i = 0; i < from.Count; i++)
        {
            builder.Add(prefix + from.Keys[i], prefix + from.Groups[i], split ?? from.Split(i), from.Stored(i));
            for (var c = 0; c < names.Length; c++)
                if (split is null || (from.Columns[c].Size(i) > 0 && (Find(names[c]) is not null || s_needed.Contains(names[c]))))
                    builder.Set(names[c], from.Columns[c][i]);
        }
    }

    public TextColumn? Find(string column)
    {
        foreach (var candidate in Columns)
            if (candidate.Name == column)
                return candidate;
        return null;
    }

    public void Write(BinaryWriter writer)
    {
        Keys.Write(writer);
        Groups.Write(writer);
        writer.Write(Columns.Count);
        foreach (var column in Columns)
            column.Write(writer);
        foreach (var split in _splits)
            writer.Write((byte)split);
        writer.Write(Problems.Count);
        foreach (var (path, reason) in Problems)
        {
            writer.Write(path);
            writer.Write(reason);
        }
    }

    /// <summary>Writes what <see cref="Write"/> leaves out since it was not there when only pictures were kept.</summary>
    public void WriteStored(BinaryWriter writer)
    {
        for (var i = 0; i < Count; i++)
            writer.Write(Stored(i).Bits);
    }

    /// <param name="reader">Where <see cref="Write"/> wrote.</param>
    /// <param name="stored">What each sample has; null: a picture.</param>
    public static SampleIndex Read(BinaryReader reader, Func<int, ModalitySet[]>? stored = null)
    {
        var keys = TextColumn.Read(reader);
        var groups = TextColumn.Read(reader);
        var columns = new TextColumn[reader.ReadInt32()];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = TextColumn.Read(reader);
        var splits = new DataSplit[keys.Count];
        for (var i = 0; i < splits.Length; i++)
            splits[i] = (DataSplit)reader.ReadByte();
        var problems = new SampleProblem[reader.ReadInt32()];
        for (var i = 0; i < problems.Length; i++)
            problems[i] = new(reader.ReadString(), reader.ReadString());
        return new(keys, groups, columns, splits, stored?.Invoke(keys.Count), problems);
    }

    /// <summary>Reads what <see cref="WriteStored"/> wrote.</summary>
    public static ModalitySet[] ReadStored(BinaryReader reader, int count)
    {
        var stored = new ModalitySet[count];
        for (var i = 0; i < count; i++)
            stored[i] = new(reader.ReadByte());
        return stored;
    }

    /// <summary>Collects samples. A column that a sample lacks is empty there.</summary>
    internal sealed class Builder
    {
        private readonly TextColumn.Builder _keys = new("key", unique: true), _groups = new("group");
        private readonly Dictionary<string, TextColumn.Builder> _columns = new(StringComparer.Ordinal);
        private readonly List<DataSplit?> _splits = [];
        private readonly List<ModalitySet> _stored = [];
        private readonly List<SampleProblem> _problems = [];

        public int Count => _keys.Count;

        /// <summary>Adds a sample; its metadata follow with <see cref="Set"/>.</summary>
        /// <param name="key">Names the sample within the data set.</param>
        /// <param name="group">Shared with the samples that show the same thing.</param>
        /// <param name="split">Null: decided by the hash of the group.</param>
        /// <param name="stored">What its store keeps of it; null: a picture.</param>
        public void Add(string key, string group, DataSplit? split = null, ModalitySet? stored = null)
        {
            _stored.Add(stored ?? ModalitySet.Images);
            _keys.Add(key);
            _groups.Add(group);
            _splits.Add(split);
        }

        /// <summary>Sets a metadata value of the sample added last.</summary>
        public void Set(string column, string value)
        {
            if (!_columns.TryGetValue(column, out var builder))
                _columns.Add(column, builder = new(column));
            if (builder.Count == Count)
                return; // said twice: the first counts
            builder.PadTo(Count - 1);
            builder.Add(value);
        }

        public void Report(string path, string reason) => _problems.Add(new(path, reason));

        public SampleIndex Build()
        {
            var groups = _groups.Build();
            var ofGroup = new DataSplit[groups.Distinct];
            for (var g = 0; g < ofGroup.Length; g++)
                ofGroup[g] = SplitRule.Of(groups.Text(g));
            var splits = new DataSplit[Count];
            for (var i = 0; i < splits.Length; i++)
                splits[i] = _splits[i] ?? ofGroup[groups.Code(i)];
            var columns = new List<TextColumn>(_columns.Count);
            foreach (var column in _columns.Values)
            {
                column.PadTo(Count);
                columns.Add(column.Build());
            }
            var stored = _stored.Exists(set => set != ModalitySet.Images) ? _stored.ToArray() : null;
            return new(_keys.Build(), groups, columns, splits, stored, _problems);
        }
    }
}
