namespace Selfsame.Torch;

/// <summary>The switch of the fused operators' own kernels, for the whole process. On, unless something compares with plain operators.</summary>
public static class FusedKernels
{
    /// <summary>Runs something with plain operators of libtorch in place of the kernels, then switches them on again. Graphs that were built before keep what they were built with.</summary>
    /// <param name="work">What to run.</param>
    public static void Without(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Native.Check(Native.SetFused(0));
        try
        {
            work();
        }
        finally
        {
            Native.Check(Native.SetFused(1));
        }
    }
}
