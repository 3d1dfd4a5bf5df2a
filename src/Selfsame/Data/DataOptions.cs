namespace Selfsame.Data;

/// <summary>How far a data set is with being fetched and prepared.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Activity">What is being done, for a person.</param>
/// <param name="Share">0 .. 1, or NaN where it is not known.</param>
public readonly record struct DataProgress(string Name, string Activity, double Share);

/// <summary>Where data sets are kept and what may be fetched.</summary>
public sealed record DataOptions
{
    /// <summary>Folder for fetched and prepared data. Default: <c>$SELFSAME_CACHE</c>, else <c>~/.cache/selfsame</c>.</summary>
    public string CacheFolder { get; init; } = DefaultCacheFolder();

    /// <summary>Take a package in a version, or with a content, that the catalogue has no hash for. Default: no.</summary>
    public bool AllowOtherVersion { get; init; }

    /// <summary>What is looked for in a folder. Null (default): whatever there is, text on its own only where there is nothing else.</summary>
    public ModalitySet? Modalities { get; init; }

    /// <summary>Told what is being fetched and prepared; called from several threads.</summary>
    public IProgress<DataProgress>? Progress { get; init; }

    private static string DefaultCacheFolder()
    {
        if (Environment.GetEnvironmentVariable("SELFSAME_CACHE") is { Length: > 0 } chosen)
            return Path.GetFullPath(chosen);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(home.Length == 0 ? Path.GetTempPath() : home, ".cache", "selfsame");
    }
}
