using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Selfsame.Modalities.Image;

/// <summary>The few vector steps that portable intrinsics do not express well. Each gives the same bits on every processor.</summary>
internal static unsafe class Simd
{
    /// <summary>a0*b0 + a1*b1, a2*b2 + a3*b3, …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotPairs(Vector256<short> a, Vector256<short> b)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(a, b);
        var (wideA, wideB) = (a.AsInt32(), b.AsInt32());
        return ((wideA << 16) >> 16) * ((wideB << 16) >> 16) + (wideA >> 16) * (wideB >> 16);
    }

    /// <inheritdoc cref="DotPairs(Vector256{short}, Vector256{short})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotPairs(Vector128<short> a, Vector128<short> b)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(a, b);
        var (wideA, wideB) = (a.AsInt32(), b.AsInt32());
        return ((wideA << 16) >> 16) * ((wideB << 16) >> 16) + (wideA >> 16) * (wideB >> 16);
    }

    /// <summary>Eight bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load8(byte* source)
    {
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int32(source);
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte());
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    /// <summary>Sixteen bytes as 16-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Load16(byte* source) => Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe());

    /// <summary>Integers that lie in 0..255, to bytes in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ToBytes(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d) =>
        Vector256.Narrow(Vector256.Narrow(a, b).AsUInt16(), Vector256.Narrow(c, d).AsUInt16());

    /// <summary>Every element brought into 0..255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Clip(Vector256<int> value) =>
        Vector256.Min(Vector256.Max(value, Vector256<int>.Zero), Vector256.Create(255));
}
