using System.Globalization;
using System.Text;

namespace Selfsame.Torch.Safetensors;

/// <summary>Lays tensors out and writes the JSON header, byte for byte as the reference implementation does.</summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Sorts and places tensors.</summary>
    /// <exception cref="SafetensorsException">A name, type or shape cannot be written.</exception>
    internal static TensorEntry[] Lay(string path, IEnumerable<(string Name, DType DType, long[] Shape)> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var entries = new List<TensorEntry>();
        foreach (var (name, dtype, shape) in tensors)
        {
            if (name == SafetensorsFormat.MetadataKey)
                throw new SafetensorsException(path, name, "a reserved name", "any other name");
            if (!names.Add(name))
                throw new SafetensorsException(path, name, "the same name twice", "each name once");
            CheckText(path, name);
            if (SafetensorsFormat.NameOf(dtype) is null)
                throw new SafetensorsException(path, name, $"element type {dtype}", $"one of {SafetensorsFormat.TypeNames}");
            if (!SafetensorsFormat.TryByteLength(dtype, shape, out var byteLength))
                throw new SafetensorsException(path, name, $"shape ({string.Join(", ", shape)})", "sizes from 0 whose product in bytes fits in 63 bits");
            entries.Add(new TensorEntry(name, dtype, [.. shape], 0, byteLength));
        }
        entries.Sort(SafetensorsFormat.Compare);

        var begin = 0L;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            entries[i] = new TensorEntry(entry.Name, entry.DType, entry.Shape, begin, entry.ByteLength);
            if (entry.ByteLength > long.MaxValue - begin)
                throw new SafetensorsException(path, entry.Name, $"more than {long.MaxValue} bytes in all", "a smaller file");
            begin += entry.ByteLength;
        }
        return [.. entries];
    }

    /// <summary>The header, padded with spaces so that the first tensor is aligned.</summary>
    /// <exception cref="SafetensorsException">Metadata is not valid Unicode, or the header is too long.</exception>
    internal static byte[] Write(string path, TensorEntry[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new StringBuilder("{");
        if (metadata is { Count: > 0 })
        {
            Quote(json, SafetensorsFormat.MetadataKey).Append(":{");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, Comparer<string>.Create(SafetensorsFormat.CompareNames)))
            {
                CheckText(path, key);
                CheckText(path, value);
                Quote(Quote(Separate(json), key).Append(':'), value);
            }
            json.Append('}');
        }
        foreach (var entry in entries)
        {
            Quote(Separate(json), entry.Name).Append(CultureInfo.InvariantCulture,
                $":{{\"dtype\":\"{SafetensorsFormat.NameOf(entry.DType)}\",\"shape\":[{string.Join(',', entry.Shape)}],\"data_offsets\":[{entry.Begin},{entry.Begin + entry.ByteLength}]}}");
        }
        json.Append('}');

        var text = json.ToString();
        var length = StrictUtf8.GetByteCount(text);
        var padded = (length + SafetensorsFormat.Alignment - 1) / SafetensorsFormat.Alignment * SafetensorsFormat.Alignment;
        if (padded > SafetensorsFormat.MaxHeaderBytes)
            throw new SafetensorsException(path, null, $"a header of {padded} bytes", "at most 100000000 bytes");
        var header = new byte[padded];
        StrictUtf8.GetBytes(text, header);
        header.AsSpan(length).Fill((byte)' ');
        return header;
    }

    private static StringBuilder Separate(StringBuilder json) => json[^1] == '{' ? json : json.Append(',');

    /// <summary>Escapes only what JSON demands. <see cref="System.Text.Json.Utf8JsonWriter"/> escapes more, so the bytes would differ from the reference's.</summary>
    private static StringBuilder Quote(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => json.Append(letter),
            };
        }
        return json.Append('"');
    }

    private static void CheckText(string path, string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new SafetensorsException(path, null, $"text with half of a surrogate pair ('{SafetensorsException.Printable(text)}')", "valid Unicode", error);
        }
    }
}
