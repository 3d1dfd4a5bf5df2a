using System.Text.Json;

namespace Selfsame.Data.Sources;

/// <summary>
/// A list of samples: JSONL (an object a line) or CSV (with a header line). <c>image</c>, <c>audio</c> and <c>video</c> are files,
/// relative to the manifest, and <c>text</c> (else <c>caption</c>) is the text itself; a sample may lack any of them but not all.
/// <c>path</c> is a file of any kind. <c>group</c> and <c>split</c> are optional; every other column is metadata.
/// </summary>
internal sealed class ManifestSource
{
    private readonly string _manifest, _root;
    private readonly SampleIndex.Builder _index = new();
    private readonly Dictionary<string, TextColumn.Builder> _paths = new(StringComparer.Ordinal);

    private ManifestSource(string manifest) => (_manifest, _root) = (manifest, Path.GetDirectoryName(Path.GetFullPath(manifest))!);

    public static bool IsManifest(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".csv";

    public static DataSet Open(string manifest, CancellationToken cancel = default)
    {
        var source = new ManifestSource(manifest);
        if (Path.GetExtension(manifest).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            source.ReadCsv(cancel);
        else
            source.ReadJsonLines(cancel);
        return new(manifest, source._index.Build(), new FileStore(source._root, source._paths.ToDictionary(pair => pair.Key, pair => source.Padded(pair.Value), StringComparer.Ordinal)));
    }

    private void ReadJsonLines(CancellationToken cancel)
    {
        var number = 0;
        var row = new List<KeyValuePair<string, string>>();
        foreach (var line in File.ReadLines(_manifest))
        {
            cancel.ThrowIfCancellationRequested();
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            row.Clear();
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                    throw Bad(number, "is not a JSON object");
                foreach (var property in json.RootElement.EnumerateObject())
                    row.Add(new(property.Name, Value(property.Value)));
            }
            catch (JsonException e)
            {
                throw Bad(number, $"is not valid JSON (at byte {e.BytePositionInLine})");
            }
            Add(number, row);
        }
    }

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    private void ReadCsv(CancellationToken cancel)
    {
        using var reader = new StreamReader(_manifest);
        var rows = new CsvRows(reader);
        var header = new List<string>();
        var fields = new List<string>();
        var row = new List<KeyValuePair<string, string>>();
        try
        {
            if (!rows.Read(header))
                throw new DataSourceException($"manifest '{_manifest}' is empty; it needs a header line with a column 'image', 'audio', 'video', 'text' or 'path'");
            while (rows.Read(fields))
            {
                cancel.ThrowIfCancellationRequested();
                if (fields.Count != header.Count)
                    throw Bad(rows.Line, $"has {fields.Count} fields, the header {header.Count}");
                row.Clear();
                for (var i = 0; i < fields.Count; i++)
                    row.Add(new(header[i].Trim(), fields[i]));
                Add(rows.Line, row);
            }
        }
        catch (FormatException e)
        {
            throw Bad(rows.Line, e.Message);
        }
    }

    private TextColumn Padded(TextColumn.Builder paths)
    {
        paths.PadTo(_index.Count);
        return paths.Build();
    }

    private void Add(int line, List<KeyValuePair<string, string>> row)
    {
        string? group = null, text = null;
        DataSplit? split = null;
        var files = new List<(string Modality, string Path)>(1);
        foreach (var (name, value) in row)
        {
            switch (name)
            {
                case Modality.Image or Modality.Audio or Modality.Video or Modality.Depth when value.Length > 0:
                    files.Add((name, value));
                    break;
                case "path" when value.Length > 0:
                    files.Add((MediaFile.ModalityOf(value) ?? Modality.Image, value));
                    break;
                case "text" or "caption" when value.Length > 0:
                    text ??= value;
                    break;
                case "group":
                    group = value;
                    break;
                case "split" when value.Length > 0:
                    split = SplitRule.TryParse(value, out var named)
                        ? named
                        : throw Bad(line, $"has the split '{value}'; use train, validation or test");
                    break;
            }
        }
        if (files.Count == 0 && text is null)
            throw Bad(line, "has nothing to learn from; it needs one of the columns 'image', 'audio', 'video', 'depth', 'text' or 'path'");
        var stored = new ModalitySet();
        foreach (var (modality, path) in files)
        {
            if (stored.Contains(modality))
                continue; // said twice: the first counts
            stored |= ModalitySet.Of(modality);
            if (!_paths.TryGetValue(modality, out var builder))
                _paths.Add(modality, builder = new(modality));
            builder.PadTo(_index.Count);
            builder.Add(path);
        }
        // Text goes by its line: two people may say the same.
        var key = files.Count > 0 ? files[0].Path : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {line}");
        _index.Add(key, string.IsNullOrEmpty(group) ? files.Count > 0 ? MediaFile.WithoutExtension(key) : text! : group, split, stored);
        foreach (var (name, value) in row)
            if (name is not (Modality.Image or Modality.Audio or Modality.Video or Modality.Depth or "path" or "group" or "split"))
                _index.Set(name, value);
    }

    private DataSourceException Bad(int line, string what) => new($"manifest '{_manifest}', line {line}: {what}");
}
