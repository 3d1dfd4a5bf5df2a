using System.Text.Json;

namespace Selfsame.Data.Sources;

/// <summary>
/// A list of samples: JSONL (an object a line) or CSV (with a header line). <c>image</c> or <c>path</c> is the picture, relative
/// to the manifest; <c>group</c> and <c>split</c> are optional; every other column is metadata.
/// </summary>
internal sealed class ManifestSource
{
    private readonly string _manifest, _root;
    private readonly SampleIndex.Builder _index = new();
    private readonly TextColumn.Builder _paths = new("path");

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
        return new(manifest, source._index.Build(), new FileStore(source._root, source._paths.Build()));
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
                throw new DataSourceException($"manifest '{_manifest}' is empty; it needs a header line with a column 'image' (or 'path')");
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

    private void Add(int line, List<KeyValuePair<string, string>> row)
    {
        string? path = null, group = null;
        DataSplit? split = null;
        foreach (var (name, value) in row)
        {
            switch (name)
            {
                case "image" or "path" when path is null:
                    path = value;
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
        if (string.IsNullOrEmpty(path))
            throw Bad(line, "names no picture; it needs a column 'image' (or 'path')");
        _index.Add(path, string.IsNullOrEmpty(group) ? PictureFile.WithoutExtension(path) : group, split);
        _paths.Add(path);
        foreach (var (name, value) in row)
            if (name is not ("image" or "path" or "group" or "split"))
                _index.Set(name, value);
    }

    private DataSourceException Bad(int line, string what) => new($"manifest '{_manifest}', line {line}: {what}");
}
