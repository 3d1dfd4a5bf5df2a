using Microsoft.Win32.SafeHandles;

namespace Selfsame.Torch;

/// <summary>How values of several processes become one.</summary>
public enum Reduction
{
    /// <summary>Their sum.</summary>
    Sum = 0,

    /// <summary>The smallest.</summary>
    Minimum = 1,

    /// <summary>The largest.</summary>
    Maximum = 2,
}

/// <summary>Processes that exchange tensors: libtorch's c10d over Gloo. Every process must make the same calls in the same order.</summary>
public sealed unsafe class ProcessGroup : SafeHandleZeroOrMinusOneIsInvalid
{
    private ProcessGroup(nint native, int rank, int size)
        : base(ownsHandle: true)
    {
        SetHandle(native);
        (Rank, Size) = (rank, size);
    }

    /// <summary>True when this build of the native library has process groups.</summary>
    public static bool IsAvailable => Native.GroupAvailable("gloo") != 0;

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Processes in the group.</summary>
    public int Size { get; }

    /// <summary>Meets the other processes at a TCP address; rank 0 listens there.</summary>
    /// <param name="host">Address of rank 0.</param>
    /// <param name="port">Its port.</param>
    /// <param name="rank">Number of this process.</param>
    /// <param name="size">Processes in all.</param>
    /// <param name="timeout">Longest wait for the others, in every call.</param>
    /// <exception cref="TorchException">A process did not come, or this build has no process groups.</exception>
    public static ProcessGroup OverTcp(string host, int port, int rank, int size, TimeSpan timeout) => Create(host, port, null, rank, size, timeout);

    /// <summary>Meets the other processes through a file on a shared disk, which must not exist before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">Number of this process.</param>
    /// <param name="size">Processes in all.</param>
    /// <param name="timeout">Longest wait for the others, in every call.</param>
    /// <param name="host">Address of this process that the others can reach.</param>
    /// <exception cref="TorchException">A process did not come, or this build has no process groups.</exception>
    public static ProcessGroup OverFile(string path, int rank, int size, TimeSpan timeout, string host = "127.0.0.1") => Create(host, 0, path, rank, size, timeout);

    /// <summary>Replaces a tensor by the reduction over all processes, in place.</summary>
    public void AllReduce(Tensor tensor, Reduction reduction = Reduction.Sum)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Native.Check(Native.GroupAllReduce(handle, tensor.Native, (int)reduction));
        GC.KeepAlive(tensor);
    }

    /// <summary>Replaces a tensor by that of one process, in place.</summary>
    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Native.Check(Native.GroupBroadcast(handle, tensor.Native, root));
        GC.KeepAlive(tensor);
    }

    /// <summary>Collects a tensor from every process.</summary>
    /// <returns>One of the same shape for each process, in order of rank.</returns>
    public Tensor[] AllGather(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var outputs = new Tensor[Size];
        var handles = stackalloc nint[Size];
        for (var k = 0; k < Size; k++)
        {
            outputs[k] = tensor.EmptyLike();
            handles[k] = outputs[k].Native;
        }

        Native.Check(Native.GroupAllGather(handle, handles, Size, tensor.Native));
        GC.KeepAlive(tensor);
        GC.KeepAlive(outputs);
        return outputs;
    }

    /// <summary>Waits until every process is here.</summary>
    public void Barrier() => Native.Check(Native.GroupBarrier(handle));

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Native.GroupRelease(handle) == 0;

    private static ProcessGroup Create(string host, int port, string? file, int rank, int size, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, size);
        Native.Check(Native.GroupNew("gloo", host, port, file, rank, size, (int)timeout.TotalMilliseconds, out var group));
        return new ProcessGroup(group, rank, size);
    }
}
