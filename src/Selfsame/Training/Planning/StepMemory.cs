namespace Selfsame.Training.Planning;

/// <summary>What the tensors of a forward and backward pass take, as a line through two measured sizes: a part that is always there, and one for each sample.</summary>
/// <param name="Fixed">Bytes, whatever the batch.</param>
/// <param name="PerSample">Bytes for each sample that passes at once.</param>
public readonly record struct StepMemory(double Fixed, double PerSample)
{
    /// <summary>Share that is left free: pages, fragments, threads of others.</summary>
    public const double Reserve = 0.1;

    /// <summary>The line through two measurements.</summary>
    /// <param name="first">Samples and bytes of the smaller one.</param>
    /// <param name="second">Samples and bytes of the larger one.</param>
    public static StepMemory Through((long Samples, long Bytes) first, (long Samples, long Bytes) second)
    {
        if (second.Samples <= first.Samples)
            return new StepMemory(0, second.Bytes / (double)Math.Max(1, second.Samples));
        var slope = Math.Max(0, second.Bytes - first.Bytes) / (double)(second.Samples - first.Samples);
        return new StepMemory(Math.Max(0, first.Bytes - (slope * first.Samples)), slope);
    }

    /// <summary>Bytes for so many samples at once.</summary>
    public double For(long samples) => Fixed + (PerSample * samples);

    /// <summary>The largest part of a batch that fits: the whole batch, or a divisor of it; 1 when nothing fits.</summary>
    /// <param name="batch">Samples in an optimizer step.</param>
    /// <param name="available">Bytes that can be had.</param>
    public int LargestPart(int batch, double available)
    {
        for (var parts = 1; parts < batch; parts++)
        {
            if (batch % parts == 0 && For(batch / parts) <= available * (1 - Reserve))
                return batch / parts;
        }

        return 1;
    }
}
