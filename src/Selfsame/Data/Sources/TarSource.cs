using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Selfsame.Data.Sources;

/// <summary>
/// Tar shards in the WebDataset manner: the files of a sample follow each other and share the name up to the first '.'. The first
/// picture, the first sound and the first film are its modalities; <c>.txt</c> becomes column <c>caption</c>, which is its text,
/// <c>.cls</c> column <c>class</c>, and the members of a <c>.json</c> object columns of their own. Other text (source code) is a
/// modality. Text alone makes a sample only where nothing but text is in the shards. One pass over the headers makes an index, which is kept in the cache.
/// </summary>
internal static partial class TarSource
{
    private const int MaxTextBytes = 1 << 20;

    public static bool IsShards(string spec) => spec.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    public static DataSet Open(string spec, string cacheFolder, CancellationToken cancel = default)
    {
        var shards = Expand(spec);
        foreach (var shard in shards)
            if (!File.Exists(shard))
                throw new DataSourceException($"shard '{shard}' does not exist (from '{spec}')");
        var cached = Path.Combine(cacheFolder, "shards", Fingerprint(shards) + ".index");
        var (index, places) = File.Exists(cached) ? Load(cached) : default;
        if (index is null)
        {
            (index, places) = Scan(shards, looseText: false, cancel);
            if (index.Count == 0)
                (index, places) = Scan(shards, looseText: true, cancel);
            Save(cached, index, places!);
        }
        return new(spec, index, new TarStore(shards, index.Keys, places!));
    }

    /// <summary>Expands brace ranges: <c>a-{000..012}.tar</c> names 13 files.</summary>
    internal static string[] Expand(string spec)
    {
        var match = Range().Match(spec);
        if (!match.Success)
            return [spec];
        string first = match.Groups[1].Value, last = match.Groups[2].Value;
        int from = int.Parse(first, CultureInfo.InvariantCulture), to = int.Parse(last, CultureInfo.InvariantCulture);
        if (to < from)
            throw new DataSourceException($"the range {match.Value} in '{spec}' runs backwards");
        var names = new List<string>();
        for (var i = from; i <= to; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture).PadLeft(first.Length, '0');
            names.AddRange(Expand(string.Concat(spec.AsSpan(0, match.Index), number, spec.AsSpan(match.Index + match.Length))));
        }
        return [.. names];
    }

    [GeneratedRegex(@"\{(\d{1,9})\.\.(\d{1,9})\}")]
    private static partial Regex Range();

    private static (SampleIndex, List<TarPlace[]>) Scan(string[] shards, bool looseText, CancellationToken cancel)
    {
        var index = new SampleIndex.Builder();
        var places = new List<TarPlace[]>();
        for (var s = 0; s < shards.Length; s++)
        {
            try
            {
                ScanShard(shards[s], s, looseText, index, places, cancel);
            }
            catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException)
            {
                index.Report(shards[s], $"the shard is damaged after {places.Count} samples in all: {e.Message}");
            }
        }
        return (index.Build(), places);
    }

    private static void ScanShard(string shard, int number, bool looseText, SampleIndex.Builder index, List<TarPlace[]> places, CancellationToken cancel)
    {
        using var stream = File.OpenRead(shard);
        using var reader = new TarReader(stream);
        var sample = "";
        var files = new TarPlace[Modality.All.Count];
        var stored = new ModalitySet();
        var texts = new List<KeyValuePair<string, string>>();
        while (reader.GetNextEntry() is { } entry)
        {
            cancel.ThrowIfCancellationRequested();
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
                continue;
            var (name, extension) = SplitName(entry.Name);
            if (name != sample)
            {
                Flush();
                sample = name;
            }
            if (extension != "txt" && MediaFile.ModalityOf(entry.Name) is { } modality && !stored.Contains(modality))
            {
                files[Modality.IndexOf(modality)] = new(number, entry.DataOffset, checked((int)entry.Length));
                stored |= ModalitySet.Of(modality);
            }
            else
                ReadText(entry, extension, texts);
        }
        Flush();

        void Flush()
        {
            var alone = (stored.IsEmpty && texts.Exists(text => text.Key == "caption")) || stored == ModalitySet.Of(Modality.Text);
            if (alone ? looseText : !stored.IsEmpty)
            {
                index.Add(sample, sample, stored: stored);
                index.Set("shard", Path.GetFileName(shard));
                foreach (var (column, value) in texts)
                    index.Set(column, value);
                places.Add(files);
            }
            files = new TarPlace[Modality.All.Count];
            stored = new();
            texts.Clear();
        }
    }

    // "a/b.c/0001.left.png" -> "a/b.c/0001", "left.png"
    private static (string Name, string Extension) SplitName(string path)
    {
        var dot = path.IndexOf('.', path.LastIndexOf('/') + 1);
        return dot < 0 ? (path, "") : (path[..dot], path[(dot + 1)..].ToLowerInvariant());
    }

    private static void ReadText(TarEntry entry, string extension, List<KeyValuePair<string, string>> texts)
    {
        if (extension is not ("txt" or "cls" or "json") || entry.Length > MaxTextBytes || entry.DataStream is null)
            return;
        using var reader = new StreamReader(entry.DataStream, Encoding.UTF8, leaveOpen: true);
        var text = reader.ReadToEnd();
        if (extension != "json")
        {
            texts.Add(new(extension == "txt" ? "caption" : "class", text.Trim()));
            return;
        }
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                foreach (var property in json.RootElement.EnumerateObject())
                    if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                        texts.Add(new(property.Name, property.Value.ToString()));
        }
        catch (JsonException)
        {
            texts.Add(new("json_error", $"{entry.Name} is not valid JSON"));
        }
    }

    private static string Fingerprint(string[] shards)
    {
        var text = new StringBuilder("3\n"); // version of the index
        foreach (var shard in shards)
        {
            var info = new FileInfo(shard);
            text.Append(CultureInfo.InvariantCulture, $"{info.FullName}\n{info.Length}\n{info.LastWriteTimeUtc.Ticks}\n");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    private static void Save(string path, SampleIndex index, List<TarPlace[]> places) => AtomicFile.Write(path, stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        index.Write(writer);
        index.WriteStored(writer);
        foreach (var sample in places)
        {
            foreach (var (shard, offset, length) in sample)
            {
                writer.Write(shard);
                writer.Write(offset);
                writer.Write(length);
            }
        }
    });

    private static (SampleIndex?, List<TarPlace[]>?) Load(string path)
    {
        try
        {
            using var reader = new BinaryReader(new BufferedStream(File.OpenRead(path), 1 << 16));
            var index = SampleIndex.Read(reader, count => SampleIndex.ReadStored(reader, count));
            var places = new List<TarPlace[]>(index.Count);
            while (places.Count < index.Count)
            {
                var sample = new TarPlace[Modality.All.Count];
                for (var m = 0; m < sample.Length; m++)
                    sample[m] = new(reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
                places.Add(sample);
            }
            return (index, places);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or OverflowException)
        {
            return default; // a cache: made again
        }
    }
}
