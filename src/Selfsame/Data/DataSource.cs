using Selfsame.Data.Exclusions;
using Selfsame.Data.Packages;
using Selfsame.Data.Sources;

namespace Selfsame.Data;

/// <summary>Opens data sets by what a person writes after <c>--data</c>.</summary>
public static class DataSource
{
    /// <summary>
    /// Opens a folder of pictures, a manifest (<c>.jsonl</c>, <c>.csv</c>), tar shards (<c>name-{000..012}.tar</c>), or a data
    /// set of the catalogue by name.
    /// </summary>
    /// <param name="spec">Path or name. A name of the catalogue wins over a folder of that name; write <c>./name</c> for the folder.</param>
    /// <param name="options">Cache folder, progress.</param>
    /// <param name="cancel">Stops reading or fetching.</param>
    /// <exception cref="DataSourceException">It is none of these, cannot be fetched, or holds no picture.</exception>
    public static async Task<DataSet> OpenAsync(string spec, DataOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(spec);
        options ??= new();
        var data = Catalogue.Contains(spec) ? await Catalogue.OpenAsync(spec, options, cancel).ConfigureAwait(false)
            : Directory.Exists(spec) ? FolderSource.Open(spec, cancel)
            : TarSource.IsShards(spec) ? TarSource.Open(spec, options.CacheFolder, cancel)
            : File.Exists(spec) && ManifestSource.IsManifest(spec) ? ManifestSource.Open(spec, cancel)
            : throw new DataSourceException($"'{spec}' is no folder, no manifest (.jsonl, .csv), no tar shards and no data set of the catalogue; "
                + $"the catalogue has: {string.Join(", ", Catalogue.List(options).Select(item => item.Name))}");
        if (data.Count > 0)
            return ExclusionFilter.Apply(data, spec, options);
        var first = data.Problems.Count > 0 ? $" First problem: {data.Problems[0].Path}: {data.Problems[0].Reason}." : "";
        data.Dispose();
        throw new DataSourceException($"'{spec}' holds no picture (png, jpg, webp, gif, bmp, tif, svg).{first}");
    }

    /// <summary>Says what is wrong with a source, without opening it.</summary>
    /// <param name="spec">As for <see cref="OpenAsync"/>.</param>
    /// <returns>What follows the key in a message; null when it can be opened, or only opening tells.</returns>
    public static string? Judge(string spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Trim().Length == 0)
            return "is empty; give a folder, a manifest (.jsonl, .csv), tar shards, or a name from the catalogue";
        if (Catalogue.Contains(spec) || Directory.Exists(spec) || TarSource.IsShards(spec))
            return null;
        if (File.Exists(spec))
            return ManifestSource.IsManifest(spec) ? null : $"is {spec}, a file that is no manifest (.jsonl, .csv) and no tar shard. A folder of pictures is given as the folder";
        var names = Catalogue.List(new()).Select(item => item.Name).ToList();
        var near = Recipes.Names.Nearest(spec, names) is { } name ? $" Did you mean {name}?" : "";
        return spec.IndexOfAny(['/', '\\']) >= 0 || Path.HasExtension(spec)
            ? $"is {spec}, and there is no such file or folder.{near}"
            : $"is {spec}, which is no folder here and no data set of the catalogue.{near} Catalogue: {string.Join(", ", names)}";
    }
}
