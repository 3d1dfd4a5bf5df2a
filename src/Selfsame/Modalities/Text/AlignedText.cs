namespace Selfsame.Modalities.Text;

/// <summary>A stretch of text on its way to tokens: its code points, each with the stretch of the original text that it came from.</summary>
/// <remarks>Never changed once made; slices share their memory.</remarks>
internal sealed class AlignedText
{
    private readonly int[] _points, _starts, _ends;
    private readonly int _first;

    internal AlignedText(int[] points, int[] starts, int[] ends, int first, int length) =>
        (_points, _starts, _ends, _first, Length) = (points, starts, ends, first, length);

    /// <summary>Code points.</summary>
    public int Length { get; }

    /// <summary>The code points.</summary>
    public ReadOnlySpan<int> Points => _points.AsSpan(_first, Length);

    /// <summary>A text as it was written; a lone surrogate becomes U+FFFD.</summary>
    public static AlignedText Of(string text)
    {
        var points = CodePoints.Points.Of(text);
        var (starts, ends) = (new int[points.Length], new int[points.Length]);
        for (var i = 0; i < points.Length; i++)
            (starts[i], ends[i]) = (i, i + 1);
        return new(points, starts, ends, 0, points.Length);
    }

    /// <summary>First original code point that one came from.</summary>
    public int Start(int at) => _starts[_first + at];

    /// <summary>Original code point behind the last that one came from.</summary>
    public int End(int at) => _ends[_first + at];

    /// <summary>A part.</summary>
    public AlignedText Slice(int first, int length) =>
        first == 0 && length == Length ? this : new(_points, _starts, _ends, _first + first, length);

    /// <summary>The text.</summary>
    public override string ToString() => CodePoints.Points.ToText(Points);
}

/// <summary>Collects the code points of an <see cref="AlignedText"/>.</summary>
internal sealed class AlignedTextBuilder(int capacity)
{
    private int[] _points = new int[capacity], _starts = new int[capacity], _ends = new int[capacity];
    private int _count;

    /// <summary>Code points so far.</summary>
    public int Count => _count;

    /// <summary>Adds a code point that stands for one of a text.</summary>
    public void Add(int point, AlignedText source, int at) => Add(point, source.Start(at), source.End(at));

    /// <summary>Adds a code point that came from a stretch of the original.</summary>
    public void Add(int point, int start, int end)
    {
        if (_count == _points.Length)
        {
            var size = Math.Max(16, _count * 2);
            Array.Resize(ref _points, size);
            Array.Resize(ref _starts, size);
            Array.Resize(ref _ends, size);
        }

        (_points[_count], _starts[_count], _ends[_count]) = (point, start, end);
        _count++;
    }

    /// <summary>Adds a part of a text as it is.</summary>
    public void Add(AlignedText source, int first, int length)
    {
        for (var i = first; i < first + length; i++)
            Add(source.Points[i], source, i);
    }

    /// <summary>What was collected; the builder is done with.</summary>
    public AlignedText Build() => new(_points, _starts, _ends, 0, _count);
}
