using Selfsame.Data;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>A data set as evaluation sees it: its fixed parts, the classes and views of its samples, and how they become vectors.</summary>
internal sealed class EvaluationData
{
    private static readonly string[] LabelColumns = ["category", "label", "class", "folder"], ViewColumns = ["vendor", "view"];

    private readonly DataSet _data;
    private readonly FeatureReader _reader;
    private readonly Dictionary<DataSplit, int[]> _parts = [];

    /// <param name="data">The samples.</param>
    /// <param name="reader">Turns them into vectors.</param>
    /// <param name="label">Column of classes; null takes a usual one.</param>
    /// <param name="view">Column of views; null takes a usual one.</param>
    /// <param name="key">Where the settings stand in the recipe, for messages: <c>evaluate</c>.</param>
    /// <exception cref="DataSourceException">A column does not exist.</exception>
    internal EvaluationData(DataSet data, FeatureReader reader, string? label, string? view, string key)
    {
        (_data, _reader) = (data, reader);
        foreach (var split in (ReadOnlySpan<DataSplit>)[DataSplit.Train, DataSplit.Validation, DataSplit.Test])
            _parts[split] = data.Split(split);
        Labels = Column(label, LabelColumns, $"{key}.label");
        Views = Column(view, ViewColumns, $"{key}.view");
    }

    internal DataSet Set => _data;

    /// <summary>Turns samples into vectors.</summary>
    internal FeatureReader Reader => _reader;

    internal LabelSet? Labels { get; }

    internal LabelSet? Views { get; }

    /// <summary>True when the data has classes to judge features with, and samples in every part.</summary>
    internal bool CanClassify => Labels is { Names.Count: > 1 } && _parts.Values.All(part => part.Length > 0);

    internal int[] Part(DataSplit split) => _parts[split];

    /// <summary>Vectors of a part, or of some of its samples spread evenly over it.</summary>
    internal FeatureTable Read(DataSplit split, Func<Batch, Tensor> vectors, int most, CancellationToken cancellation) =>
        _reader.Read(Spread(_parts[split], most), vectors, cancellation);

    /// <summary>Rows whose class is known.</summary>
    internal LabelledFeatures Labelled(FeatureTable table)
    {
        var classes = Classes(Labels!, table);
        var known = Enumerable.Range(0, classes.Length).Where(k => classes[k] >= 0).ToArray();
        if (known.Length == classes.Length)
            return new LabelledFeatures(table.Values, classes);
        var rows = table.Values.IndexSelect(0, Tensor.From<long>(Array.ConvertAll(known, k => (long)k)));
        return new LabelledFeatures(rows, Array.ConvertAll(known, k => classes[k]));
    }

    /// <summary>Class of each row; -1 where it is not known.</summary>
    internal static long[] Classes(LabelSet labels, FeatureTable table) => Array.ConvertAll(table.Indices, index => (long)labels[index]);

    /// <summary>A number for what each row shows.</summary>
    internal long[] Groups(FeatureTable table)
    {
        var ids = new Dictionary<string, long>(StringComparer.Ordinal);
        return Array.ConvertAll(table.Indices, index =>
        {
            var group = _data.Group(index);
            if (!ids.TryGetValue(group, out var id))
                ids.Add(group, id = ids.Count);
            return id;
        });
    }

    /// <summary>Evenly over the samples, so that every kind is among them.</summary>
    internal static int[] Spread(int[] samples, int count)
    {
        if (count >= samples.Length)
            return samples;
        var chosen = new int[count];
        for (var k = 0; k < count; k++)
            chosen[k] = samples[(long)k * samples.Length / count];
        return chosen;
    }

    private LabelSet? Column(string? chosen, string[] usual, string key)
    {
        if (chosen is null)
            return usual.FirstOrDefault(_data.Columns.Contains) is { } found ? _data.Labels(found) : null;
        return _data.Columns.Contains(chosen)
            ? _data.Labels(chosen)
            : throw new DataSourceException($"{key} is {chosen}; the data has no such column. It has: {string.Join(", ", _data.Columns)}");
    }
}
