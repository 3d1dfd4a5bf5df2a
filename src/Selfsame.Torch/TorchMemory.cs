namespace Selfsame.Torch;

/// <summary>Memory of CPU tensors, as the allocator counts it: in bytes, over all threads.</summary>
/// <remarks>With <c>SELFSAME_MALLOC=1</c> the allocator is not ours and everything here is 0.</remarks>
public static unsafe class TorchMemory
{
    private static long s_limit = long.TryParse(Environment.GetEnvironmentVariable("SELFSAME_MEMORY_LIMIT"), out var bytes) ? Math.Max(0, bytes) : 0;

    /// <summary>What tensors may take together; null without a limit.</summary>
    public static long? Ceiling => s_limit > 0 ? s_limit : null;

    /// <summary>What tensors take now.</summary>
    public static long Live => Read().Live;

    /// <summary>The most they took at once since the start or the last <see cref="ResetPeak"/>.</summary>
    public static long Peak => Read().Peak;

    /// <summary>Freed memory that is kept for the next tensors.</summary>
    public static long Kept => Read().Kept;

    /// <summary>Counts the peak anew, from what is live now.</summary>
    public static void ResetPeak() => Native.MemoryResetPeak();

    /// <summary>Gives kept memory back to the system.</summary>
    public static void Trim() => Native.MemoryTrim();

    /// <summary>Lets all tensors together take no more than this; a tensor beyond it fails as if memory had run out. <c>SELFSAME_MEMORY_LIMIT</c> does the same.</summary>
    /// <param name="bytes">At least 1; 0 for no limit.</param>
    public static void Limit(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        s_limit = bytes;
        Native.MemoryLimit(bytes);
    }

    private static (long Live, long Peak, long Kept) Read()
    {
        long live, peak, kept;
        Native.Memory(&live, &peak, &kept);
        return (live, peak, kept);
    }
}
