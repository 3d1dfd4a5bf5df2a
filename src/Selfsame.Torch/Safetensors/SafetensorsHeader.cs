using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Selfsame.Torch.Safetensors;

/// <summary>Reads and checks the JSON header of a safetensors file. Nothing in it is trusted.</summary>
internal sealed class SafetensorsHeader
{
    private readonly string _path;
    private readonly long _dataLength;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> _byName = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path, long dataLength) => (_path, _dataLength) = (path, dataLength);

    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    internal IReadOnlyDictionary<string, TensorEntry> ByName => _byName;

    /// <summary>In the order of their bytes.</summary>
    internal TensorEntry[] Entries { get; private set; } = [];

    /// <param name="path">For error messages.</param>
    /// <param name="json">The header.</param>
    /// <param name="dataLength">Bytes after the header.</param>
    /// <exception cref="SafetensorsException">The header is malformed or does not describe exactly the bytes after it.</exception>
    internal static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        var header = new SafetensorsHeader(path, dataLength);
        if (!Utf8.IsValid(json))
            throw header.Fault(null, "a header that is not valid UTF-8", "UTF-8");
        // The format fixes the first byte; white space before the brace would also hide a wrong header length.
        if (json[0] != (byte)'{')
            throw header.Fault(null, string.Create(CultureInfo.InvariantCulture, $"a header that starts with byte 0x{json[0]:x2}"), "'{' (0x7b) at byte 8");
        try
        {
            var reader = new Utf8JsonReader(json);
            header.ReadAll(ref reader);
        }
        catch (JsonException error)
        {
            throw header.Fault(null, string.Create(CultureInfo.InvariantCulture,
                $"a header that is not JSON (line {error.LineNumber}, byte {error.BytePositionInLine})"), "one JSON object", error);
        }
        catch (InvalidOperationException error) // an escaped half of a surrogate pair
        {
            throw header.Fault(null, "text that is not valid Unicode in the header", "valid Unicode", error);
        }
        header.CheckLayout();
        return header;
    }

    private void ReadAll(ref Utf8JsonReader reader)
    {
        reader.Read();
        var hasMetadata = false;
        while (NextKey(ref reader, out var key))
        {
            reader.Read();
            if (key == SafetensorsFormat.MetadataKey)
            {
                if (hasMetadata)
                    throw Fault(null, "'__metadata__' twice", "each key once");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else if (_byName.ContainsKey(key))
                throw Fault(key, "the same name twice", "each name once");
            else
                _byName.Add(key, ReadEntry(ref reader, key));
        }
        reader.Read(); // throws when anything but white space follows
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault(null, $"'__metadata__' with {Describe(reader.TokenType)}", "an object of strings");
        while (NextKey(ref reader, out var key))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Fault(null, $"metadata '{SafetensorsException.Printable(key)}' with {Describe(reader.TokenType)}", "a string");
            if (!_metadata.TryAdd(key, reader.GetString()!))
                throw Fault(null, $"metadata '{SafetensorsException.Printable(key)}' twice", "each key once");
        }
    }

    private TensorEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault(name, Describe(reader.TokenType), "an object with dtype, shape and data_offsets");
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (NextKey(ref reader, out var key))
        {
            reader.Read();
            var repeated = key switch
            {
                "dtype" => type is not null,
                "shape" => shape is not null,
                "data_offsets" => offsets is not null,
                _ => throw Fault(name, $"the key '{SafetensorsException.Printable(key)}'", "only dtype, shape and data_offsets"),
            };
            if (repeated)
                throw Fault(name, $"'{key}' twice", "each key once");
            if (key == "dtype")
                type = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Fault(name, $"dtype with {Describe(reader.TokenType)}", "a string");
            else if (key == "shape")
                shape = ReadNumbers(ref reader, name, key);
            else
                offsets = ReadNumbers(ref reader, name, key);
        }
        if (type is null || shape is null || offsets is null)
            throw Fault(name, $"no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}", "dtype, shape and data_offsets");
        return Check(name, type, [.. shape], offsets);
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string name, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Fault(name, $"{key} with {Describe(reader.TokenType)}", "an array of whole numbers");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number)
                throw Fault(name, $"{key} with {Describe(reader.TokenType)}", "an array of whole numbers");
            if (!reader.TryGetInt64(out var number) || number < 0)
                throw Fault(name, $"{SafetensorsException.Printable(System.Text.Encoding.UTF8.GetString(reader.ValueSpan))} in {key}", "a whole number from 0 to 9223372036854775807");
            numbers.Add(number);
        }
        return numbers;
    }

    private TensorEntry Check(string name, string type, long[] shape, List<long> offsets)
    {
        if (!SafetensorsFormat.TryParseType(type, out var dtype))
            throw Fault(name, $"dtype '{SafetensorsException.Printable(type)}'", $"one of {SafetensorsFormat.TypeNames}");
        if (!SafetensorsFormat.TryByteLength(dtype, shape, out var byteLength))
            throw Fault(name, $"shape ({string.Join(", ", shape)}) of {type}", "a size that fits in 63 bits");
        if (offsets.Count != 2)
            throw Fault(name, $"{offsets.Count} data_offsets", "2 (begin and end)");
        var (begin, end) = (offsets[0], offsets[1]);
        if (end < begin || end - begin != byteLength)
            throw Fault(name, $"data_offsets [{begin}, {end}]", $"an end {byteLength} bytes after the begin, as {type} of shape ({string.Join(", ", shape)}) takes");
        if (end > _dataLength)
            throw Fault(name, $"data_offsets [{begin}, {end}]", $"an end within the file's {_dataLength} bytes of data");
        return new TensorEntry(name, dtype, shape, begin, byteLength);
    }

    /// <summary>Tensors must tile the data: what lies in a gap or twice was put there by a mistake, or to hide something.</summary>
    private void CheckLayout()
    {
        // Empty tensors share their begin with the next one; putting them first keeps the walk below free of special cases.
        Entries = [.. _byName.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.ByteLength)];
        var position = 0L;
        foreach (var entry in Entries)
        {
            if (entry.Begin != position)
            {
                var kind = entry.Begin < position ? "bytes shared with the tensor before it" : "a hole before it";
                throw Fault(entry.Name, $"{kind} (begin {entry.Begin})", $"begin {position}, where the tensor before it ends");
            }
            position += entry.ByteLength;
        }
        if (position != _dataLength)
            throw Fault(null, $"{_dataLength - position} bytes after the last tensor", "none");
    }

    private static bool NextKey(ref Utf8JsonReader reader, out string key)
    {
        reader.Read();
        var found = reader.TokenType == JsonTokenType.PropertyName;
        key = found ? reader.GetString()! : "";
        return found;
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        _ => "null",
    };

    private SafetensorsException Fault(string? tensor, string found, string expected, Exception? inner = null) =>
        new(_path, tensor, found, expected, inner);
}
