namespace Selfsame.Torch.Safetensors;

/// <summary>One tensor of a safetensors file: where it lies and how its bytes are to be read.</summary>
public sealed class TensorEntry
{
    internal TensorEntry(string name, DType dtype, long[] shape, long begin, long byteLength) =>
        (Name, DType, Shape, Begin, ByteLength) = (name, dtype, shape, begin, byteLength);

    /// <summary>Name, unique within the file.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public DType DType { get; }

    /// <summary>Sizes, slowest dimension first; empty for a scalar. Not to be modified.</summary>
#pragma warning disable CA1819 // Handed on to libtorch as it is.
    public long[] Shape { get; }
#pragma warning restore CA1819

    /// <summary>Bytes of all elements.</summary>
    public long ByteLength { get; }

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long ElementCount => ByteLength / DType.Size();

    /// <summary>First byte, counted from the end of the header.</summary>
    internal long Begin { get; }

    /// <summary>Name, type and shape, as <c>weight F32 (3, 4)</c>.</summary>
    public override string ToString() => $"{Name} {SafetensorsFormat.NameOf(DType)} ({string.Join(", ", Shape)})";
}
