using System.Globalization;
using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>Facts and switches of the libtorch that was loaded.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>Version of libtorch, such as 1.13.1.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Native.Version()) ?? "";

    /// <summary>How libtorch was built: BLAS, oneDNN, instruction sets.</summary>
    public static string Build => Marshal.PtrToStringUTF8((nint)Native.Build()) ?? "";

    /// <summary>GPUs that this libtorch can use.</summary>
    public static int CudaDevices => Native.CudaDeviceCount();

    /// <summary>Threads for one operator.</summary>
    public static int Threads
    {
        get => Native.Threads();
        set => Native.Check(Native.SetThreads(value));
    }

    /// <summary>Gives operators a thread for every core this process may use, or as many as <c>OMP_NUM_THREADS</c> says.</summary>
    public static void UseCores() =>
        Threads = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), NumberStyles.None, CultureInfo.InvariantCulture, out var chosen) && chosen > 0
            ? chosen
            : Environment.ProcessorCount;

    /// <summary>Limits the operators that this thread calls to some threads; those that other threads call stay as they were.</summary>
    /// <param name="count">At least 1.</param>
    public static void LimitThread(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Native.Check(Native.LimitThread(count));
    }

    /// <summary>Compares every operator this build uses with the library's own schema.</summary>
    /// <returns>How many operators were checked.</returns>
    /// <exception cref="TorchException">Lists every operator that is missing or takes other arguments.</exception>
    public static int CheckOperators() => Operator.CheckAll();

    /// <summary>Switches oneDNN kernels on or off; off gives libtorch's plain fp32 kernels.</summary>
    public static void UseOneDnn(bool enabled) => Native.Check(Native.SetOneDnn(enabled ? 1 : 0));

    /// <summary>State of libtorch's global CPU random stream, [bytes], uint8.</summary>
    public static Tensor RandomState()
    {
        Native.Check(Native.RngGet(out var state));
        return new Tensor(state);
    }

    /// <summary>Puts the global CPU random stream where it was.</summary>
    public static void RestoreRandomState(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Native.Check(Native.RngSet(state.Native));
        GC.KeepAlive(state);
    }

    /// <summary>Seeds the global CPU random stream.</summary>
    public static void SeedRandom(ulong seed) => Native.Check(Native.RngSeed(seed));
}
