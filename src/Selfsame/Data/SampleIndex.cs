namespace Selfsame.Data;

/// <summary>What is known of every sample without opening it: arrays over samples, not an object each.</summary>
internal sealed class SampleIndex
{
    private readonly DataSplit[] _splits; // by sample

    private SampleIndex(TextColumn keys, TextColumn groups, IReadOnlyList<TextColumn> columns, DataSplit[] splits, IReadOnlyList<SampleProblem> problems) =>
        (Keys, Groups, Columns, _splits, Problems) = (keys, groups, columns, splits, problems);

    public int Count => Keys.Count;

    public TextColumn Keys { get; }

    public TextColumn Groups { get; }

    public IReadOnlyList<TextColumn> Columns { get; }

    public IReadOnlyList<SampleProblem> Problems { get; }

    public DataSplit Split(int sample) => _splits[sample];

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

    public static SampleIndex Read(BinaryReader reader)
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
        return new(keys, groups, columns, splits, problems);
    }

    /// <summary>Collects samples. A column that a sample lacks is empty there.</summary>
    internal sealed class Builder
    {
        private readonly TextColumn.Builder _keys = new("key", unique: true), _groups = new("group");
        private readonly Dictionary<string, TextColumn.Builder> _columns = new(StringComparer.Ordinal);
        private readonly List<DataSplit?> _splits = [];
        private readonly List<SampleProblem> _problems = [];

        public int Count => _keys.Count;

        /// <summary>Adds a sample; its metadata follow with <see cref="Set"/>.</summary>
        /// <param name="key">Names the sample within the data set.</param>
        /// <param name="group">Shared with the samples that show the same thing.</param>
        /// <param name="split">Null: decided by the hash of the group.</param>
        public void Add(string key, string group, DataSplit? split = null)
        {
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
            return new(_keys.Build(), groups, columns, splits, _problems);
        }
    }
}
