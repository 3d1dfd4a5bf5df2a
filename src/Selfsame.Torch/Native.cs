using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>The C ABI of native/door.h. 0 is success; otherwise <see cref="LastError"/> has the text.</summary>
internal static unsafe partial class Native
{
    private const string Library = NativeLibraryLoader.Library;

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Imports need their resolver before the first call.")]
    internal static void Initialize() => NativeLibraryLoader.Register(typeof(Native).Assembly);

    internal static string LastError() => Marshal.PtrToStringUTF8((nint)ErrorText()) ?? "unknown native error";

    internal static void Check(int status)
    {
        if (status == 0)
            return;
        Torch.Recompute.ThrowFailure();
        throw new TorchException(LastError());
    }

    [LibraryImport(Library, EntryPoint = "ss_last_error"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial byte* ErrorText();

    [LibraryImport(Library, EntryPoint = "ss_find", StringMarshalling = StringMarshalling.Utf8), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Find(string name, string overload, out nint op, byte* schema, int capacity);

    [LibraryImport(Library, EntryPoint = "ss_call"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Call(nint op, NativeValue* args, int count, NativeValue* results, int capacity, out int resultCount);

    [LibraryImport(Library, EntryPoint = "ss_release"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Release(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_retain"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint Retain(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_free"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void Free(void* memory);

    [LibraryImport(Library, EntryPoint = "ss_dim"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial int Dim(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_sizes"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Sizes(nint tensor, long* sizes, int capacity);

    [LibraryImport(Library, EntryPoint = "ss_strides"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Strides(nint tensor, long* strides, int capacity);

    [LibraryImport(Library, EntryPoint = "ss_element_count"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial long ElementCount(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_dtype"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial int ElementType(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_device"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial long DeviceOf(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_is_contiguous"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial int IsContiguous(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_data"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Data(nint tensor, out void* data);

    [LibraryImport(Library, EntryPoint = "ss_view_memory"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ViewMemory(void* memory, long* sizes, int dim, int dtype, out nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_requires_grad"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial int RequiresGrad(nint tensor);

    [LibraryImport(Library, EntryPoint = "ss_set_requires_grad"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetRequiresGrad(nint tensor, int value);

    [LibraryImport(Library, EntryPoint = "ss_backward"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Backward(nint tensor, nint gradient, int keepGraph);

    [LibraryImport(Library, EntryPoint = "ss_gradients"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Gradients(nint output, nint gradient, nint* inputs, int count, int keepGraph, int createGraph, nint* gradients);

    [LibraryImport(Library, EntryPoint = "ss_grad"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Grad(nint tensor, out nint gradient);

    [LibraryImport(Library, EntryPoint = "ss_set_grad"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetGrad(nint tensor, nint gradient);

    [LibraryImport(Library, EntryPoint = "ss_set_data"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetData(nint tensor, nint data);

    [LibraryImport(Library, EntryPoint = "ss_register_hook"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int RegisterHook(nint tensor, long id, delegate* unmanaged[Cdecl]<long, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "ss_recompute"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Recompute(
        nint* inputs, int count, nint anchor, nint value, long id, delegate* unmanaged[Cdecl]<long, nint*, int, nint, nint*, int> again, delegate* unmanaged[Cdecl]<long, void> release, out nint output);

    [LibraryImport(Library, EntryPoint = "ss_grad_mode"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial int GradMode();

    [LibraryImport(Library, EntryPoint = "ss_set_grad_mode"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)]), SuppressGCTransition]
    internal static partial void SetGradMode(int enabled);

    [LibraryImport(Library, EntryPoint = "ss_inference_enter"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int InferenceEnter(out nint guard);

    [LibraryImport(Library, EntryPoint = "ss_inference_leave"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int InferenceLeave(nint guard);

    [LibraryImport(Library, EntryPoint = "ss_autocast_enter"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int AutocastEnter(int deviceType, int dtype);

    [LibraryImport(Library, EntryPoint = "ss_autocast_leave"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int AutocastLeave(int deviceType);

    [LibraryImport(Library, EntryPoint = "ss_generator_new"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GeneratorNew(ulong seed, out nint generator);

    [LibraryImport(Library, EntryPoint = "ss_generator_release"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GeneratorRelease(nint generator);

    [LibraryImport(Library, EntryPoint = "ss_rng_get"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int RngGet(out nint state);

    [LibraryImport(Library, EntryPoint = "ss_rng_set"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int RngSet(nint state);

    [LibraryImport(Library, EntryPoint = "ss_rng_seed"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int RngSeed(ulong seed);

    [LibraryImport(Library, EntryPoint = "ss_set_threads"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetThreads(int count);

    [LibraryImport(Library, EntryPoint = "ss_limit_thread"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int LimitThread(int count);

    [LibraryImport(Library, EntryPoint = "ss_threads"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Threads();

    [LibraryImport(Library, EntryPoint = "ss_cuda_device_count"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int CudaDeviceCount();

    [LibraryImport(Library, EntryPoint = "ss_set_onednn"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetOneDnn(int enabled);

    [LibraryImport(Library, EntryPoint = "ss_complete_meta"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int CompleteMeta();

    [LibraryImport(Library, EntryPoint = "ss_set_fused"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SetFused(int enabled);

    [LibraryImport(Library, EntryPoint = "ss_memory"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void Memory(long* live, long* peak, long* kept);

    [LibraryImport(Library, EntryPoint = "ss_memory_reset_peak"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void MemoryResetPeak();

    [LibraryImport(Library, EntryPoint = "ss_memory_limit"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void MemoryLimit(long bytes);

    [LibraryImport(Library, EntryPoint = "ss_memory_trim"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void MemoryTrim();

    [LibraryImport(Library, EntryPoint = "ss_profile_start"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ProfileStart();

    [LibraryImport(Library, EntryPoint = "ss_profile_stop"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ProfileStop(byte** lines);

    [LibraryImport(Library, EntryPoint = "ss_version"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* Version();

    [LibraryImport(Library, EntryPoint = "ss_build"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* Build();

    [LibraryImport(Library, EntryPoint = "ss_group_available", StringMarshalling = StringMarshalling.Utf8), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupAvailable(string backend);

    [LibraryImport(Library, EntryPoint = "ss_group_new", StringMarshalling = StringMarshalling.Utf8), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupNew(string backend, string host, int port, string? file, int rank, int size, int timeoutMilliseconds, out nint group);

    [LibraryImport(Library, EntryPoint = "ss_group_release"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupRelease(nint group);

    [LibraryImport(Library, EntryPoint = "ss_group_all_reduce"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupAllReduce(nint group, nint tensor, int operation);

    [LibraryImport(Library, EntryPoint = "ss_group_broadcast"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupBroadcast(nint group, nint tensor, int root);

    [LibraryImport(Library, EntryPoint = "ss_group_all_gather"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupAllGather(nint group, nint* outputs, int count, nint input);

    [LibraryImport(Library, EntryPoint = "ss_group_barrier"), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int GroupBarrier(nint group);
}
