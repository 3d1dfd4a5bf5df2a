using Selfsame.Data.Packages;
using Selfsame.Data.Sources;

namespace Selfsame.Data;

/// <summary>Opens data sets by what a person writes after <c>--data</c>.</summary>
public static class DataSource
{
    /// <summary>
    /// Opens a folder of pictures, sound, films or text, a manifest (<c>.jsonl</c>, <c>.csv</c>), tar shards (<c>name-{000..012}.tar</c>), or a data
    /// set of the catalogue by name.
    /// </summary>
    /// <param name="spec">Path or name. A name of the catalogue wins over a folder of that name; write <c>./name</c> for the folder.</param>
    /// <param name="options">Cache folder, progress.</param>
    /// <param name="cancel">Stops reading or fetching.</param>
    /// <exception cref="DataSourceException">It is none of these, cannot be fetched, or holds nothing to learn from.</exception>
    public static async Task<DataSet> OpenAsync(string spec, DataOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(spec);
        options ??= new();
        var data = Catalogue.Contains(spec) ? await Catalogue.OpenAsync(spec, options, cancel).ConfigureAwait(false)
            : Directory.Exists(spec) ? FolderSource.Open(spec, options.Modalities, cancel)
            : TarSource.IsShards(spec) ? TarSource.Open(spec, options.CacheFolder, cancel)
            : File.Exists(spec) && ManifestSource.IsManifest(spec) ? ManifestSource.Open(spec, cancel)
            : throw new DataSourceException($"'{spec}' is no folder, no manifest (.jsonl, .csv), no tar shards and no data set of the catalogue; "
                + $"the catalogue has: {string.Join(", ", Catalogue.List(options).Select(item => item.Name))}");
        if (data.Count > 0)
            return data;
        var first = data.Problems.Count > 0 ? $" First problem: {data.Problems[0].Path}: {data.Problems[0].Reason}." : "";
        data.Dispose();
        throw new DataSourceException($"'{spec}' holds no {MediaFile.Known}.{first}");
    }
}
