using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>Runs a stretch of a network without keeping what is inside it; the backward pass computes the stretch again. Memory falls, time grows by about a third.</summary>
/// <remarks>
/// Chen et al. 2016, https://arxiv.org/abs/1604.06174, section 3. Gradients are the same, bit for bit, as long as the stretch gives the same numbers each time:
/// random draws must come from outside. Gradients of parameters inside are added to them by <see cref="Tensor.Backward"/>; <see cref="Tensor.Gradients"/> does not see them.
/// </remarks>
public static unsafe class Recompute
{
    [ThreadStatic]
    private static ExceptionDispatchInfo? s_failure;

    /// <summary>Runs a stretch.</summary>
    /// <param name="stretch">Inputs to output. Everything else that it reads and that has a gradient must be a parameter.</param>
    /// <param name="anchor">A trained parameter of the stretch, which makes it part of the graph where no input has a gradient.</param>
    /// <param name="inputs">What it is given, in the order of its argument.</param>
    public static Tensor Run(Func<Tensor[], Tensor> stretch, Tensor anchor, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        ArgumentNullException.ThrowIfNull(anchor);
        ArgumentNullException.ThrowIfNull(inputs);
        if (!GradMode.IsEnabled)
            return stretch(inputs);
        using var scope = Scope.Enter();
        var value = FirstTime(stretch, inputs);
        var handles = new nint[inputs.Length];
        for (var k = 0; k < handles.Length; k++)
            handles[k] = inputs[k].Native;
        var kept = GCHandle.Alloc(new Kept(stretch, LowPrecision.IsOn));
        nint output;
        fixed (nint* first = handles)
            Native.Check(Native.Recompute(first, handles.Length, anchor.Native, value.Native, GCHandle.ToIntPtr(kept), &Again, &Release, out output));
        GC.KeepAlive(anchor);
        GC.KeepAlive(inputs);
        return scope.MoveOut(new Tensor(output));
    }

    // With a graph, which is dropped at once: operators that choose another kernel without one would give other last digits than the second time.
    private static Tensor FirstTime(Func<Tensor[], Tensor> stretch, Tensor[] inputs)
    {
        using var inside = Scope.Enter();
        var leaves = new Tensor[inputs.Length];
        for (var k = 0; k < leaves.Length; k++)
        {
            leaves[k] = inputs[k].Detach();
            leaves[k].RequiresGrad = inputs[k].RequiresGrad;
        }

        return inside.MoveOut(stretch(leaves).Detach());
    }

    /// <summary>Throws what went wrong in a stretch during this thread's backward pass, in place of the native library's message.</summary>
    internal static void ThrowFailure()
    {
        var failure = s_failure;
        s_failure = null;
        failure?.Throw();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Again(long id, nint* inputs, int count, nint gradient, nint* gradients)
    {
        try
        {
            var kept = (Kept)GCHandle.FromIntPtr((nint)id).Target!;
            using var scope = Scope.Enter();
            var leaves = new Tensor[count];
            for (var k = 0; k < count; k++)
                leaves[k] = new Tensor(inputs[k]);
            var seed = new Tensor(gradient);
            using var recording = GradMode.On();
            using var low = LowPrecision.Enter(kept.Low);
            kept.Stretch(leaves).Backward(seed);
            for (var k = 0; k < count; k++)
                Native.Check(Native.Grad(leaves[k].Native, out gradients[k]));
            return 0;
        }
        catch (Exception problem)  // no exception may cross the native library
        {
            s_failure = ExceptionDispatchInfo.Capture(problem);
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(long id) => GCHandle.FromIntPtr((nint)id).Free();

    private sealed record Kept(Func<Tensor[], Tensor> Stretch, bool Low);
}
