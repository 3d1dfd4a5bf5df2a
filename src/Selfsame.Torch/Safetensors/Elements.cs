using System.Runtime.InteropServices;

namespace Selfsame.Torch.Safetensors;

/// <summary>Converts raw little-endian elements to .NET's number types. Sources need not be aligned.</summary>
internal static class Elements
{
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="source">Raw elements.</param>
    /// <param name="target">As many elements.</param>
    internal static void Widen(DType dtype, ReadOnlySpan<byte> source, Span<float> target)
    {
        switch (dtype)
        {
            case DType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(target));
                break;
            case DType.Float64:
                for (var i = 0; i < target.Length; i++)
                    target[i] = (float)MemoryMarshal.Read<double>(source[(i * 8)..]);
                break;
            case DType.Float16:
                for (var i = 0; i < target.Length; i++)
                    target[i] = (float)MemoryMarshal.Read<Half>(source[(i * 2)..]);
                break;
            case DType.BFloat16: // the upper half of a single
                for (var i = 0; i < target.Length; i++)
                    target[i] = BitConverter.Int32BitsToSingle(MemoryMarshal.Read<ushort>(source[(i * 2)..]) << 16);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a floating-point type");
        }
    }

    /// <param name="dtype">A floating-point type.</param>
    /// <param name="source">Raw elements.</param>
    /// <param name="target">As many elements.</param>
    internal static void Widen(DType dtype, ReadOnlySpan<byte> source, Span<double> target)
    {
        if (dtype == DType.Float64)
        {
            source.CopyTo(MemoryMarshal.AsBytes(target));
            return;
        }
        var singles = new float[target.Length];
        Widen(dtype, source, singles);
        for (var i = 0; i < singles.Length; i++)
            target[i] = singles[i];
    }

    /// <param name="dtype">An integer type or <see cref="DType.Bool"/>.</param>
    /// <param name="source">Raw elements.</param>
    /// <param name="target">As many elements.</param>
    internal static void Widen(DType dtype, ReadOnlySpan<byte> source, Span<long> target)
    {
        switch (dtype)
        {
            case DType.Int64:
                source.CopyTo(MemoryMarshal.AsBytes(target));
                break;
            case DType.Int32:
                for (var i = 0; i < target.Length; i++)
                    target[i] = MemoryMarshal.Read<int>(source[(i * 4)..]);
                break;
            case DType.Int16:
                for (var i = 0; i < target.Length; i++)
                    target[i] = MemoryMarshal.Read<short>(source[(i * 2)..]);
                break;
            case DType.Int8:
                for (var i = 0; i < target.Length; i++)
                    target[i] = (sbyte)source[i];
                break;
            case DType.UInt8 or DType.Bool:
                for (var i = 0; i < target.Length; i++)
                    target[i] = source[i];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not an integer type");
        }
    }
}
