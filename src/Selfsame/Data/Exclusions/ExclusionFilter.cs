namespace Selfsame.Data.Exclusions;

/// <summary>Takes out of a data set what lists of exclusions name.</summary>
internal static class ExclusionFilter
{
    /// <summary>Applies the list beside the data and the one that was named. Returns the data itself where there is none.</summary>
    /// <exception cref="DataSourceException">A list cannot be read, or keeps out every sample.</exception>
    public static DataSet Apply(DataSet data, string spec, DataOptions options)
    {
        try
        {
            var paths = new List<string>();
            if (!options.IgnorePlacedExclusions && ExclusionList.PlaceFor(spec) is { } placed && File.Exists(placed))
                paths.Add(placed);
            if (options.Exclude is { } named)
                paths.Add(named);
            return paths.Count == 0 ? data : Without(data, paths);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private static DataSet Without(DataSet data, List<string> paths)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal); // names that a list has, and their sample
        var lists = paths.ConvertAll(path => (Path: path, Keys: ExclusionList.Read(path).Select(item => item.Key).Distinct(StringComparer.Ordinal).ToArray()));
        foreach (var (_, keys) in lists)
            foreach (var key in keys)
                known[key] = -1;
        var kept = new List<int>(data.Count);
        for (var i = 0; i < data.Count; i++)
        {
            var key = data.Key(i);
            if (known.ContainsKey(key))
                known[key] = i;
            else
                kept.Add(i);
        }
        if (kept.Count == 0)
            throw new DataSourceException($"'{data.Name}': every sample is left out by {string.Join(" and ", paths)}");
        var applied = lists.ConvertAll(list => new AppliedExclusions(list.Path, list.Keys.Count(key => known[key] >= 0), list.Keys.Count(key => known[key] < 0)));
        return data.Keep([.. kept], applied);
    }
}
