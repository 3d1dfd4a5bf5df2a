using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Export.Embeddings;

/// <summary>A file format for vectors with names.</summary>
internal abstract class EmbeddingFormat
{
    private static readonly Dictionary<string, EmbeddingFormat> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        [".npy"] = new Npy(), [".npz"] = new Npz(), [".csv"] = new Csv(), [".jsonl"] = new JsonLines(), [".safetensors"] = new Safetensors(),
    };

    /// <summary>The format can hold a matrix for each sample.</summary>
    public virtual bool TakesTokens => true;

    /// <summary>The format for a file's ending.</summary>
    /// <exception cref="EmbeddingException">It has none of the known ones.</exception>
    public static EmbeddingFormat For(string path) => Known.TryGetValue(Path.GetExtension(path), out var format)
        ? format
        : throw new EmbeddingException($"{path} should end in one of {string.Join(", ", Known.Keys)}; the ending picks the format");

    /// <summary>Writes the rows of a store.</summary>
    /// <returns>The file that the names went to, where it is another; null otherwise.</returns>
    public abstract string? Write(string path, EmbeddingStore store, DType type, IReadOnlyDictionary<string, string> metadata);

    /// <summary>One JSON object a line: <c>{"name": …, "split": …}</c>, in the order of the rows.</summary>
    protected static string WriteNames(string path, EmbeddingStore store)
    {
        var sidecar = path + ".names.jsonl";
        AtomicFile.Write(sidecar, stream =>
        {
            foreach (var name in store.Names())
            {
                stream.Write(JsonSerializer.SerializeToUtf8Bytes(name, EmbeddingJson.Default.EmbeddingName));
                stream.WriteByte((byte)'\n');
            }
        });
        return sidecar;
    }

    /// <summary>Reads row after row as floats.</summary>
    protected static IEnumerable<float[]> Rows(EmbeddingStore store, DType type)
    {
        var count = store.State.Shape.Aggregate(1L, static (a, b) => a * b);
        var bytes = new byte[count * type.Size()];
        var values = new float[count];
        var stream = store.Vectors();
        for (var row = 0L; row < store.State.Rows; row++)
        {
            stream.ReadExactly(bytes);
            if (type == DType.Float32)
            {
                bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            }
            else
            {
                for (var k = 0; k < values.Length; k++)
                    values[k] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(2 * k));
            }

            yield return values;
        }
    }

    /// <summary>Header of NumPy's array format, version 1.0: padded so that the data begins at a multiple of 64 bytes.</summary>
    protected static byte[] NpyHeader(string descr, IEnumerable<long> shape)
    {
        var sizes = shape.ToArray();
        var tuple = sizes.Length == 1 ? $"({sizes[0]},)" : $"({string.Join(", ", sizes)})";
        var text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple}, }}";
        var length = (10 + text.Length + 1 + 63) / 64 * 64;
        var header = new byte[length];
        header[0] = 0x93;
        "NUMPY"u8.CopyTo(header.AsSpan(1));
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(length - 10));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private static string Descr(DType type) => type == DType.Float16 ? "<f2" : "<f4";

    private static string Text(float value, DType type) => type == DType.Float16 ? ((Half)value).ToString("R", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);

    private sealed class Npy : EmbeddingFormat
    {
        public override string? Write(string path, EmbeddingStore store, DType type, IReadOnlyDictionary<string, string> metadata)
        {
            var names = WriteNames(path, store);
            AtomicFile.Write(path, stream =>
            {
                stream.Write(NpyHeader(Descr(type), [store.State.Rows, .. store.State.Shape]));
                store.Vectors().CopyTo(stream);
            });
            return names;
        }
    }

    private sealed class Npz : EmbeddingFormat
    {
        // Fixed, so that equal vectors make equal files.
        private static readonly DateTimeOffset Stamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override string? Write(string path, EmbeddingStore store, DType type, IReadOnlyDictionary<string, string> metadata)
        {
            AtomicFile.Write(path, stream =>
            {
                using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
                using (var entry = Open(zip, "embeddings.npy"))
                {
                    entry.Write(NpyHeader(Descr(type), [store.State.Rows, .. store.State.Shape]));
                    store.Vectors().CopyTo(entry);
                }

                Texts(zip, "names.npy", store, static name => name.Name);
                Texts(zip, "splits.npy", store, static name => name.Split);
            });
            return null;
        }

        // NumPy keeps text in cells of equal width, four bytes a code point; the widest decides.
        private static void Texts(ZipArchive zip, string name, EmbeddingStore store, Func<EmbeddingName, string> text)
        {
            var width = Math.Max(1, store.Names().Max(row => text(row).EnumerateRunes().Count()));
            using var entry = Open(zip, name);
            entry.Write(NpyHeader($"<U{width}", [store.State.Rows]));
            var cell = new byte[4 * width];
            foreach (var row in store.Names())
            {
                Array.Clear(cell);
                var at = 0;
                foreach (var rune in text(row).EnumerateRunes())
                    BinaryPrimitives.WriteInt32LittleEndian(cell.AsSpan(4 * at++), rune.Value);
                entry.Write(cell);
            }
        }

        private static Stream Open(ZipArchive zip, string name)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = Stamp;
            return entry.Open();
        }
    }

    private sealed class Csv : EmbeddingFormat
    {
        public override bool TakesTokens => false;

        public override string? Write(string path, EmbeddingStore store, DType type, IReadOnlyDictionary<string, string> metadata)
        {
            AtomicFile.Write(path, stream =>
            {
                using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
                writer.Write("name,split");
                for (var k = 0L; k < store.State.Shape[0]; k++)
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $",f{k}"));
                writer.WriteLine();
                foreach (var (name, values) in store.Names().Zip(Rows(store, type)))
                {
                    writer.Write(Cell(name.Name));
                    writer.Write(',');
                    writer.Write(name.Split);
                    foreach (var value in values)
                    {
                        writer.Write(',');
                        writer.Write(Text(value, type));
                    }

                    writer.WriteLine();
                }
            });
            return null;
        }

        private static string Cell(string text) =>
            text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private sealed class JsonLines : EmbeddingFormat
    {
        public override string? Write(string path, EmbeddingStore store, DType type, IReadOnlyDictionary<string, string> metadata)
        {
            var shape = store.State.Shape;
            AtomicFile.Write(path, stream =>
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
                foreach (var (name, values) in store.Names().Zip(Rows(store, type)))
                {
                    json.WriteStartObject();
                    json.WriteString("name", name.Name);
                    json.WriteString("split", name.Split);
                    json.WriteStartArray("embedding");
                    var width = (int)shape[^1];
                    for (var k = 0; k < values.Length; k++)
                    {
                        if (shape.Count > 1 && k % width == 0)
                            json.WriteStartArray();
                        Number(json, values[k], type);
                        if (shape.Count > 1 && k % width == width - 1)
                            json.WriteEndArray();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                    json.Flush();
                    json.Reset(stream);
                    stream.WriteByte((byte)'\n');
                }
            });
            return null;
        }

        private static void Number(Utf8JsonWriter json, float value, DType type)
        {
            if (float.IsFinite(value))
                json.WriteRawValue(Text(value, type), skipInputValidation: true);
            else
                json.WriteNullValue();  // JSON has no such number
        }
    }

    private sealed class Safetensors : EmbeddingFormat
    {
        public override string? Write(string path, EmbeddingStore store, DType type, IReadOnlyDictionary<string, string> metadata)
        {
            var names = WriteNames(path, store);
            var described = new Dictionary<string, string>(metadata) { ["names"] = Path.GetFileName(names) };
            using var writer = SafetensorsWriter.Create(path, [("embeddings", type, [store.State.Rows, .. store.State.Shape])], described);
            var piece = new byte[1 << 20];
            var stream = store.Vectors();
            for (int read; (read = stream.Read(piece)) > 0;)
                writer.Write("embeddings", piece.AsSpan(0, read));
            writer.Finish();
            return names;
        }
    }
}
