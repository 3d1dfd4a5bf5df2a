namespace Selfsame.Modalities.Text.Models;

/// <summary>Finds every entry that starts at a place of a text: a tree over code points.</summary>
internal sealed class PointTrie
{
    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _values = [-1];

    /// <summary>Where every search starts.</summary>
    public const int Root = 0;

    /// <summary>Adds an entry.</summary>
    /// <param name="points">Its code points.</param>
    /// <param name="value">What a search finds, at least 0; an entry that is added again keeps the last.</param>
    public void Add(ReadOnlySpan<int> points, int value)
    {
        var node = Root;
        foreach (var point in points)
        {
            var key = ((long)node << 32) | (uint)point;
            if (!_children.TryGetValue(key, out var child))
            {
                child = _values.Count;
                _values.Add(-1);
                _children[key] = child;
            }

            node = child;
        }

        _values[node] = value;
    }

    /// <summary>The node behind a node; -1 for none.</summary>
    public int Step(int node, int point) => _children.GetValueOrDefault(((long)node << 32) | (uint)point, -1);

    /// <summary>The value of a node; -1 for none.</summary>
    public int Value(int node) => _values[node];
}
