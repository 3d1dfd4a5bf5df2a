namespace Selfsame.Tests.Engine;

/// <summary>Tests that count the tensors of the process; nothing else may run beside them.</summary>
[CollectionDefinition(nameof(TensorCount), DisableParallelization = true)]
public sealed class TensorCount
{
    /// <summary>Live tensors, once those that nobody holds any more were finalized.</summary>
    internal static long Settled()
    {
        _ = GC.GetTotalMemory(forceFullCollection: true);
        GC.WaitForPendingFinalizers();
        return Selfsame.Torch.Tensor.LiveCount;
    }
}
