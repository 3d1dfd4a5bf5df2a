namespace Selfsame.Data;

/// <summary>A metadata column as classes: the distinct values in ordinal order are 0, 1, 2 …; a sample without a value is -1.</summary>
public sealed class LabelSet
{
    private readonly int[] _classes; // by sample

    private LabelSet(string column, string[] names, int[] classes) => (Column, Names, _classes) = (column, names, classes);

    /// <summary>Name of the column.</summary>
    public string Column { get; }

    /// <summary>Name of each class.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Class of a sample, or -1.</summary>
    /// <param name="index">Sample of the data set.</param>
    public int this[int index] => _classes[index];

    /// <summary>Class of every sample of the data set, or -1.</summary>
    public ReadOnlySpan<int> All => _classes;

    internal static LabelSet From(TextColumn column)
    {
        var names = new List<string>();
        for (var code = 0; code < column.Distinct; code++)
            if (column.Text(code) is { Length: > 0 } text)
                names.Add(text);
        names.Sort(StringComparer.Ordinal);
        var ofCode = new int[column.Distinct];
        for (var code = 0; code < ofCode.Length; code++)
            ofCode[code] = column.Text(code) is { Length: > 0 } text ? names.BinarySearch(text, StringComparer.Ordinal) : -1;
        var classes = new int[column.Count];
        for (var i = 0; i < classes.Length; i++)
            classes[i] = ofCode[column.Code(i)];
        return new(column.Name, [.. names], classes);
    }
}
