using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>Tests that count the tensors of the process; nothing else may run beside them.</summary>
[CollectionDefinition(nameof(TensorCount), DisableParallelization = true)]
public sealed class TensorCount
{
    /// <summary>Live tensors once nothing is left that a finalizer could free in the middle of a test.</summary>
    public static long Settled()
    {
#pragma warning disable RS0030 // Scopes free tensors; here those that an earlier test forgot must not be counted.
        GC.Collect();
#pragma warning restore RS0030
        GC.WaitForPendingFinalizers();
        return Tensor.LiveCount;
    }
}
