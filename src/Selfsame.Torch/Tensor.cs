using System.Buffers;
using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>An n-dimensional array of libtorch, with automatic differentiation. The object is the handle.</summary>
/// <remarks>Born in a <see cref="Scope"/>, it is freed with the scope; otherwise dispose it. The finalizer is the net, not the plan.</remarks>
public sealed unsafe partial class Tensor : SafeHandle
{
    private const int MaxDimensions = 16;
    private static long s_live;

    internal Tensor(nint native)
        : base(0, ownsHandle: true)
    {
        SetHandle(native);
        Interlocked.Increment(ref s_live);
        Scope.Track(this);
    }

    /// <summary>Native tensors held by this process.</summary>
    public static long LiveCount => Interlocked.Read(ref s_live);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Number of dimensions.</summary>
    public int Dimensions => Torch.Native.Dim(Native);

    /// <summary>Number of elements.</summary>
    public long ElementCount => Torch.Native.ElementCount(Native);

    /// <summary>Element type.</summary>
    public DType DType => (DType)Torch.Native.ElementType(Native);

    /// <summary>Where the tensor lives.</summary>
    public Device Device
    {
        get
        {
            var packed = Torch.Native.DeviceOf(Native);
            return new Device((int)(packed >> 32), (int)(packed & 0xffffffff));
        }
    }

    /// <summary>True when elements lie row-major without gaps.</summary>
    public bool IsContiguous => Torch.Native.IsContiguous(Native) != 0;

    /// <summary>Sizes of all dimensions, as a new array.</summary>
    public long[] Shape
    {
        get
        {
            var sizes = new long[Dimensions];
            fixed (long* pointer = sizes)
                Torch.Native.Check(Torch.Native.Sizes(Native, pointer, sizes.Length));
            return sizes;
        }
    }

    /// <summary>Whether gradients are recorded for this tensor.</summary>
    public bool RequiresGrad
    {
        get => Torch.Native.RequiresGrad(Native) != 0;
        set => Torch.Native.Check(Torch.Native.SetRequiresGrad(Native, value ? 1 : 0));
    }

    /// <summary>Gradient of the last backward pass, or null. Each read gives a new handle to the same memory.</summary>
    public Tensor? Gradient
    {
        get
        {
            Torch.Native.Check(Torch.Native.Grad(Native, out var gradient));
            return gradient == 0 ? null : new Tensor(gradient);
        }

        set => Torch.Native.Check(Torch.Native.SetGrad(Native, value is null ? 0 : value.Native));
    }

    internal int ScopeIndex { get; set; }

    internal bool ScopeMoves { get; set; }

    internal nint Native
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Copies numbers into a new tensor on the CPU.</summary>
    /// <typeparam name="T">float, double, long, int, byte or bool.</typeparam>
    /// <param name="values">Row-major values.</param>
    /// <param name="shape">Sizes; their product is the number of values. Empty: a vector of all values.</param>
    /// <exception cref="ShapeException">The product of the sizes is not the number of values.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, scoped ReadOnlySpan<long> shape = default)
        where T : unmanaged
    {
        if (shape.IsEmpty)
            shape = [values.Length];
        RequireCount(values.Length, shape);
        var tensor = Ops.Empty(shape, DTypeOf<T>());
        values.CopyTo(tensor.Span<T>());
        return tensor;
    }

    /// <summary>A tensor of one value and no dimensions.</summary>
    public static Tensor FromScalar(double value, DType type = DType.Float32) => Ops.Full([], value, type);

    /// <summary>Views memory without copying. The memory must stay where it is while the tensor, or a view of it, lives.</summary>
    /// <param name="memory">First element.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Element type.</param>
    public static Tensor View(void* memory, scoped ReadOnlySpan<long> shape, DType type)
    {
        fixed (long* sizes = shape)
        {
            Torch.Native.Check(Torch.Native.ViewMemory(memory, sizes, shape.Length, (int)type, out var native));
            return new Tensor(native);
        }
    }

    /// <summary>The element type that holds a C# type.</summary>
    /// <exception cref="NotSupportedException">No element type fits.</exception>
    public static DType DTypeOf<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(byte) ? DType.UInt8
        : typeof(T) == typeof(sbyte) ? DType.Int8
        : typeof(T) == typeof(short) ? DType.Int16
        : typeof(T) == typeof(bool) ? DType.Bool
        : typeof(T) == typeof(Half) ? DType.Float16
        : throw new NotSupportedException($"no element type holds {typeof(T)}");

    /// <summary>Size of one dimension.</summary>
    /// <param name="dimension">Which; negative counts from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public long Size(int dimension)
    {
        var count = Dimensions;
        var index = dimension < 0 ? dimension + count : dimension;
        if ((uint)index >= (uint)count || count > MaxDimensions)
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"the tensor is {Describe(Native)}");
        var sizes = stackalloc long[MaxDimensions];
        Torch.Native.Check(Torch.Native.Sizes(Native, sizes, MaxDimensions));
        return sizes[index];
    }

    /// <summary>The elements as a span over native memory, row-major. Valid while the tensor lives.</summary>
    /// <typeparam name="T">The C# type of the elements.</typeparam>
    /// <exception cref="TorchException">The tensor is not on the CPU or not contiguous.</exception>
    /// <exception cref="InvalidCastException">The elements have another type.</exception>
    public Span<T> Span<T>()
        where T : unmanaged
    {
        if (DType != DTypeOf<T>())
            throw new InvalidCastException($"a tensor of {DType} can't be read as {typeof(T).Name}");
        Torch.Native.Check(Torch.Native.Data(Native, out var data));
        return new Span<T>(data, checked((int)ElementCount));
    }

    /// <summary>Raw bytes of a contiguous CPU tensor.</summary>
    public Span<byte> ByteSpan()
    {
        Torch.Native.Check(Torch.Native.Data(Native, out var data));
        return new Span<byte>(data, checked((int)(ElementCount * DType.Size())));
    }

    /// <summary>Address of the first element of a contiguous CPU tensor.</summary>
    public nint DataPointer
    {
        get
        {
            Torch.Native.Check(Torch.Native.Data(Native, out var data));
            return (nint)data;
        }
    }

    /// <summary>Copies the elements, converted to <typeparamref name="T"/>, from whatever device and layout.</summary>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        using var plain = Scope.Release(ToHost(DTypeOf<T>()));
        return plain.Span<T>().ToArray();
    }

    /// <summary>The value of a tensor with one element. Waits for the device.</summary>
    public double Item()
    {
        using var guard = GradMode.Off();
        return ItemScalar().ToDouble();
    }

    /// <summary>Computes gradients of this scalar for every leaf that requires them, adding to what is there.</summary>
    /// <param name="gradient">Gradient of this tensor; needed when it has more than one element.</param>
    /// <param name="keepGraph">Keep the graph for another backward pass.</param>
    public void Backward(Tensor? gradient = null, bool keepGraph = false)
    {
        Torch.Native.Check(Torch.Native.Backward(Native, gradient is null ? 0 : gradient.Native, keepGraph ? 1 : 0));
        GC.KeepAlive(this);
        GC.KeepAlive(gradient);
    }

    /// <summary>Gradients of this scalar for some inputs; nothing is accumulated.</summary>
    /// <returns>One for each input; null where the output does not depend on it.</returns>
    public Tensor?[] Gradients(ReadOnlySpan<Tensor> inputs, Tensor? gradient = null, bool keepGraph = false, bool createGraph = false)
    {
        var handles = new nint[inputs.Length];
        var found = new nint[inputs.Length];
        for (var k = 0; k < inputs.Length; k++)
            handles[k] = inputs[k].Native;
        fixed (nint* wanted = handles, gradients = found)
            Torch.Native.Check(Torch.Native.Gradients(Native, gradient is null ? 0 : gradient.Native, wanted, inputs.Length, keepGraph ? 1 : 0, createGraph ? 1 : 0, gradients));
        var result = new Tensor?[inputs.Length];
        for (var k = 0; k < found.Length; k++)
            result[k] = found[k] == 0 ? null : new Tensor(found[k]);
        NativeValue.KeepAlive(inputs!);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Another handle to the same native tensor, owned by the current scope or the caller.</summary>
    public Tensor Share() => new(Torch.Native.Retain(Native));

    /// <summary>Points this tensor at the memory of another one of the same shape and type, keeping its place in modules and graphs.</summary>
    public void AdoptMemory(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Torch.Native.Check(Torch.Native.SetData(Native, data.Native));
    }

    /// <summary>Moves the numbers to another device; the object stays the same, so whoever holds it sees the move. Graphs that were built with it keep the old numbers.</summary>
    /// <param name="device">Where to.</param>
    internal void MoveTo(Device device)
    {
        if (Device == device)
            return;
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var requires = RequiresGrad;
        var moved = Detach().To(device, DType);
        (handle, moved.handle) = (moved.handle, handle);
        RequiresGrad = requires;
    }

    /// <summary>Type and shape, as in <c>float32(2, 3)</c>.</summary>
    public override string ToString() => IsClosed ? "disposed tensor" : Describe(handle);

    internal static string Describe(nint native)
    {
        var count = Torch.Native.Dim(native);
        var sizes = ArrayPool<long>.Shared.Rent(Math.Max(1, count));
        fixed (long* pointer = sizes)
            Torch.Native.Check(Torch.Native.Sizes(native, pointer, sizes.Length));
        var text = $"{((DType)Torch.Native.ElementType(native)).ToString().ToLowerInvariant()}({string.Join(", ", sizes.AsSpan(0, count).ToArray())})";
        ArrayPool<long>.Shared.Return(sizes);
        return text;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Interlocked.Decrement(ref s_live);
        return Torch.Native.Release(handle) == 0;
    }

    private static void RequireCount(long count, ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (var size in shape)
            product = checked(product * size);
        if (product != count)
            throw new ShapeException($"{count} values do not fill a tensor of ({string.Join(", ", shape.ToArray())}), which has {product} elements.");
    }

    private Tensor ToHost(DType type)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        return scope.MoveOut(Detach().To(Device.Cpu, type).Contiguous());
    }
}
