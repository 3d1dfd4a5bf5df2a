using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Queries with what lies nearest to them: the quickest way to see what features find alike.</summary>
public static class NeighbourGallery
{
    private const int Queries = 10, Shown = 8;

    /// <summary>Finds neighbours among the samples of a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="features">The features behind it, (N, D).</param>
    /// <param name="cancellation">Stops.</param>
    public static NeighbourFigure Draw(MapFigure map, Tensor features, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(features);
        using var scope = Scope.Enter();
        var count = (int)features.Size(0);
        var (shown, queries) = (Math.Min(Shown, count - 1), Choose(map, Math.Min(Queries, count)));
        var asked = features.IndexSelect(0, Tensor.From<long>(Array.ConvertAll(queries, query => (long)query)));
        var found = Neighbours.Find(features, asked, shown + 1, Similarity.Cosine, cancellation);
        var rows = new List<NeighbourRow>(queries.Length);
        for (var q = 0; q < queries.Length; q++)
        {
            var (near, similarity) = (new List<int>(shown), new List<float>(shown));
            for (var k = 0; k < found.K && near.Count < shown; k++)
            {
                // The query finds itself; an equal twin of it may come first.
                if (found.Indices(q)[k] == queries[q])
                    continue;
                near.Add(found.Indices(q)[k]);
                similarity.Add(MathF.Round(found.Similarities(q)[k], 4));
            }

            rows.Add(new NeighbourRow(queries[q], near, similarity));
        }

        return new NeighbourFigure(count, map.Columns.Count > 0 ? map.Columns[0].Name : null, rows);
    }

    // One of each of the commonest values of the first column, then evenly over all samples.
    private static int[] Choose(MapFigure map, int wanted)
    {
        var chosen = new List<int>(wanted);
        if (map.Columns.Count > 0)
        {
            var column = map.Columns[0];
            for (var value = 0; value < column.Names.Count && chosen.Count < wanted; value++)
            {
                var members = Enumerable.Range(0, map.Keys.Count).Where(sample => column.Values[sample] == value).ToArray();
                chosen.Add(members[members.Length / 2]);
            }
        }

        for (var k = 0; chosen.Count < wanted && k < 2 * map.Keys.Count; k++)
        {
            var sample = (int)((k + 0.5) * map.Keys.Count / wanted) % map.Keys.Count;
            if (!chosen.Contains(sample))
                chosen.Add(sample);
        }

        return [.. chosen];
    }
}
