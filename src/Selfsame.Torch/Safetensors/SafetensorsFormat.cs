using System.Text;

namespace Selfsame.Torch.Safetensors;

/// <summary>What reader and writer agree on: an 8-byte little-endian header length, a JSON header, then the elements without gaps.</summary>
/// <remarks>https://huggingface.co/docs/safetensors describes the format.</remarks>
internal static class SafetensorsFormat
{
    /// <summary>Bytes of the header length at the start of a file.</summary>
    internal const int LengthBytes = 8;

    /// <summary>Longest header, bytes; the reference implementation's limit.</summary>
    internal const int MaxHeaderBytes = 100_000_000;

    /// <summary>Written headers are padded so that elements start at a multiple of this.</summary>
    internal const int Alignment = 8;

    internal const string MetadataKey = "__metadata__";

    /// <summary>In the reference implementation's order, by which it sorts the tensors of a file (last first).</summary>
    private static readonly (DType DType, string Name)[] Types =
    [
        (DType.Bool, "BOOL"), (DType.UInt8, "U8"), (DType.Int8, "I8"), (DType.Int16, "I16"), (DType.Float16, "F16"),
        (DType.BFloat16, "BF16"), (DType.Int32, "I32"), (DType.Float32, "F32"), (DType.Float64, "F64"), (DType.Int64, "I64"),
    ];

    /// <summary>The supported types, for error messages.</summary>
    internal static string TypeNames { get; } = string.Join(", ", Types.Select(type => type.Name));

    internal static bool TryParseType(string name, out DType dtype)
    {
        foreach (var type in Types)
        {
            if (type.Name == name)
            {
                dtype = type.DType;
                return true;
            }
        }
        dtype = default;
        return false;
    }

    /// <summary>The type's name in a header, or null where the format or this library has none.</summary>
    internal static string? NameOf(DType dtype)
    {
        var rank = RankOf(dtype);
        return rank < 0 ? null : Types[rank].Name;
    }

    /// <summary>Order of the tensors in a written file: wide types first, so that every tensor is aligned; then by name.</summary>
    internal static int Compare(TensorEntry a, TensorEntry b)
    {
        var byType = RankOf(b.DType).CompareTo(RankOf(a.DType));
        return byType != 0 ? byType : CompareNames(a.Name, b.Name);
    }

    /// <summary>By UTF-8 bytes, which differs from UTF-16 order beyond the basic plane.</summary>
    internal static int CompareNames(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    /// <summary>Bytes of a tensor.</summary>
    /// <returns>False when a size is negative or the product exceeds 64 bits.</returns>
    internal static bool TryByteLength(DType dtype, ReadOnlySpan<long> shape, out long byteLength)
    {
        byteLength = dtype.Size();
        foreach (var size in shape)
        {
            if (size < 0 || Math.BigMul(byteLength, size, out byteLength) != 0 || byteLength < 0)
                return false;
        }
        return true;
    }

    private static int RankOf(DType dtype) => Array.FindIndex(Types, type => type.DType == dtype);
}
