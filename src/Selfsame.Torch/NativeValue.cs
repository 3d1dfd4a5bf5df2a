using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>A tagged argument or result at the native border; mirrors <c>ss_value</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeValue
{
    [FieldOffset(0)] internal Tags Tag;
    [FieldOffset(4)] internal int Length;
    [FieldOffset(8)] internal long Integer;
    [FieldOffset(8)] internal double Real;
    [FieldOffset(8)] internal nint Pointer;

    internal enum Tags
    {
        None = 0,
        Tensor = 1,
        Integer = 2,
        Real = 3,
        Truth = 4,
        Integers = 5,
        Reals = 6,
        Tensors = 7,
        Text = 8,
        OptionalTensors = 9,
        Device = 10,
        Generator = 11,
    }

    internal readonly bool Truth => Integer != 0;

    internal static nint Handle(Tensor? tensor) => tensor is null ? 0 : tensor.Native;

    internal static NativeValue Of(Tensor tensor) => new() { Tag = Tags.Tensor, Pointer = tensor.Native };

    internal static NativeValue OfOptional(Tensor? tensor) => tensor is null ? default : Of(tensor);

    internal static NativeValue Of(long value) => new() { Tag = Tags.Integer, Integer = value };

    internal static NativeValue OfOptional(long? value) => value is { } given ? Of(given) : default;

    internal static NativeValue Of(double value) => new() { Tag = Tags.Real, Real = value };

    internal static NativeValue OfOptional(double? value) => value is { } given ? Of(given) : default;

    internal static NativeValue Of(bool value) => new() { Tag = Tags.Truth, Integer = value ? 1 : 0 };

    internal static NativeValue OfOptional(bool? value) => value is { } given ? Of(given) : default;

    internal static NativeValue Of(DType value) => Of((long)value);

    internal static NativeValue OfOptional(DType? value) => value is { } given ? Of(given) : default;

    internal static NativeValue Of(Scalar value) => value.Value;

    internal static NativeValue OfOptional(Scalar? value) => value is { } given ? given.Value : default;

    internal static NativeValue Of(Device value) => new() { Tag = Tags.Device, Integer = value.Packed };

    internal static NativeValue OfOptional(Device? value) => value is { } given ? Of(given) : default;

    internal static NativeValue OfOptional(Generator? value) =>
        value is null ? default : new() { Tag = Tags.Generator, Pointer = value.DangerousGetHandle() };

    internal static NativeValue OfList(long* values, int length, bool emptyIsNone) =>
        length == 0 && emptyIsNone ? default : new() { Tag = Tags.Integers, Length = length, Pointer = (nint)values };

    internal static NativeValue OfList(double* values, int length, bool emptyIsNone) =>
        length == 0 && emptyIsNone ? default : new() { Tag = Tags.Reals, Length = length, Pointer = (nint)values };

    internal static NativeValue OfText(byte* text, byte[]? bytes) =>
        bytes is null ? default : new() { Tag = Tags.Text, Length = bytes.Length, Pointer = (nint)text };

    internal static NativeValue OfTensors(nint* handles, int length) => new() { Tag = Tags.Tensors, Length = length, Pointer = (nint)handles };

    internal static NativeValue OfOptionalTensors(nint* handles, int length) => new() { Tag = Tags.OptionalTensors, Length = length, Pointer = (nint)handles };

    internal static void KeepAlive(ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
            GC.KeepAlive(tensor);
    }

    internal readonly Tensor TakeTensor() =>
        Tag == Tags.Tensor ? new Tensor(Pointer) : throw new TorchException($"an operator returned {Tag} where a tensor was expected");

    internal readonly Tensor[] TakeTensors()
    {
        var tensors = new Tensor[Length];
        for (var k = 0; k < Length; k++)
            tensors[k] = new Tensor(((nint*)Pointer)[k]);
        Torch.Native.Free((void*)Pointer);
        return tensors;
    }

    internal readonly Scalar TakeScalar() => new(this);

    /// <summary>Gives a tensor result back unused.</summary>
    internal readonly void Drop()
    {
        if (Tag == Tags.Tensor)
            _ = Torch.Native.Release(Pointer);
    }
}

/// <summary>A number handed to an operator: a double, a long or a bool.</summary>
public readonly struct Scalar
{
    internal readonly NativeValue Value;

    internal Scalar(NativeValue value) => Value = value;

    /// <summary>A floating-point number.</summary>
    public static implicit operator Scalar(double value) => new(NativeValue.Of(value));

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(NativeValue.Of(value));

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(NativeValue.Of((long)value));

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(NativeValue.Of(value));

    /// <summary>The number as a double, whatever its kind.</summary>
    public double ToDouble() => Value.Tag == NativeValue.Tags.Real ? Value.Real : Value.Integer;

    /// <summary>The number as a long; a fraction is cut off.</summary>
    public long ToInt64() => Value.Tag == NativeValue.Tags.Real ? (long)Value.Real : Value.Integer;
}
