using System.Formats.Tar;
using System.IO.Compression;
using Selfsame.Data;
using Selfsame.Data.Packages;

namespace Selfsame.Tests.Data;

/// <summary>Prepares an entry of the catalogue from a small archive of its own.</summary>
internal static class MadeUpPackage
{
    public static DataSet Prepare(CatalogueEntry entry, TempFolder folder, params ReadOnlySpan<(string Path, byte[] Content)> files)
    {
        var archive = folder["made-up.tgz"];
        using (var tar = new TarWriter(new GZipStream(File.Create(archive), CompressionLevel.Fastest)))
        {
            foreach (var (path, content) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) });
        }
        var prepared = Directory.CreateDirectory(folder["prepared"]).FullName;
        using (var writer = new PreparedWriter(prepared, entry.Name, entry.Decode))
        {
            entry.Prepare([archive], writer, _ => { }, CancellationToken.None);
            writer.Finish();
        }
        return PreparedStore.Open(prepared);
    }

    public static byte[] Zipped(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var stream = new GZipStream(zipped, CompressionLevel.Fastest))
            stream.Write(content);
        return zipped.ToArray();
    }
}
