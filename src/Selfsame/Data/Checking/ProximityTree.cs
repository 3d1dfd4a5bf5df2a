namespace Selfsame.Data.Checking;

/// <summary>
/// Finds all points within 1 of a point in every coordinate, looking at few others: points are halved again and again along the
/// widest coordinate (Bentley 1975, https://doi.org/10.1145/361002.361007), each half knows the box around it, and boxes out of reach are not entered.
/// </summary>
internal sealed class ProximityTree
{
    private const int LeafSize = 8;
    private readonly int _dimensions;
    private readonly float[] _points;  // (points, dimensions), in the order of _order
    private readonly int[] _order;     // point -> sample
    private readonly List<float> _boxes = []; // (nodes, 2, dimensions): low, high
    private readonly List<(int Start, int End, int Left, int Right)> _nodes = [];

    /// <summary>Makes a tree.</summary>
    /// <param name="points">(N, <paramref name="dimensions"/>).</param>
    /// <param name="dimensions">Coordinates of a point, at least 1.</param>
    public ProximityTree(ReadOnlySpan<float> points, int dimensions)
    {
        _dimensions = dimensions;
        var count = points.Length / dimensions;
        _order = new int[count];
        for (var i = 0; i < count; i++)
            _order[i] = i;
        var keys = new float[count];
        if (count > 0)
            Split(points, keys, 0, count);
        _points = new float[points.Length];
        for (var i = 0; i < count; i++)
            points.Slice(_order[i] * dimensions, dimensions).CopyTo(_points.AsSpan(i * dimensions));
    }

    /// <summary>Adds every point within 1 of a place in each coordinate.</summary>
    /// <param name="place">(dimensions).</param>
    /// <param name="found">Receives the numbers of the points.</param>
    /// <returns>Boxes and points looked at.</returns>
    public long Find(ReadOnlySpan<float> place, List<int> found) => _nodes.Count == 0 ? 0 : Find(0, place, found);

    private long Find(int node, ReadOnlySpan<float> place, List<int> found)
    {
        long looked = 1;
        var box = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_boxes).Slice(node * 2 * _dimensions, 2 * _dimensions);
        for (var d = 0; d < _dimensions; d++)
            if (place[d] < box[d] - 1 || place[d] > box[_dimensions + d] + 1)
                return looked;
        var (start, end, left, right) = _nodes[node];
        if (left >= 0)
            return looked + Find(left, place, found) + Find(right, place, found);
        for (var p = start; p < end; p++)
        {
            looked++;
            var near = true;
            for (var d = 0; d < _dimensions && near; d++)
                near = Math.Abs(place[d] - _points[p * _dimensions + d]) <= 1;
            if (near)
                found.Add(_order[p]);
        }
        return looked;
    }

    private int Split(ReadOnlySpan<float> points, float[] keys, int start, int end)
    {
        var node = _nodes.Count;
        _nodes.Add((start, end, -1, -1));
        var (widest, width) = AddBox(points, start, end);
        if (end - start <= LeafSize || width == 0)
            return node;
        for (var i = start; i < end; i++)
            keys[i] = points[_order[i] * _dimensions + widest];
        Array.Sort(keys, _order, start, end - start);
        var middle = (start + end) / 2;
        var left = Split(points, keys, start, middle);
        var right = Split(points, keys, middle, end);
        _nodes[node] = (start, end, left, right);
        return node;
    }

    private (int Dimension, float Width) AddBox(ReadOnlySpan<float> points, int start, int end)
    {
        var at = _boxes.Count;
        for (var d = 0; d < 2 * _dimensions; d++)
            _boxes.Add(points[_order[start] * _dimensions + d % _dimensions]);
        var box = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_boxes)[at..];
        for (var i = start + 1; i < end; i++)
        {
            var point = points.Slice(_order[i] * _dimensions, _dimensions);
            for (var d = 0; d < _dimensions; d++)
            {
                box[d] = Math.Min(box[d], point[d]);
                box[_dimensions + d] = Math.Max(box[_dimensions + d], point[d]);
            }
        }
        var (widest, width) = (0, 0f);
        for (var d = 0; d < _dimensions; d++)
            if (box[_dimensions + d] - box[d] > width)
                (widest, width) = (d, box[_dimensions + d] - box[d]);
        return (widest, width);
    }
}
