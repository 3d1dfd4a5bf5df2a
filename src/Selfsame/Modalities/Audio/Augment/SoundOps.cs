using System.Numerics.Tensors;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Audio;

/// <summary>Changes to samples in place.</summary>
public static class SoundOps
{
    /// <summary>Moves samples to the right; what leaves at the end enters at the begin.</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="shift">Samples; negative to the left.</param>
    /// <param name="spare">Memory as long as the samples.</param>
    public static void Shift(Span<float> samples, int shift, Span<float> spare)
    {
        if (samples.IsEmpty || shift % samples.Length == 0)
            return;
        var right = ((shift % samples.Length) + samples.Length) % samples.Length;
        samples[^right..].CopyTo(spare);
        samples[..^right].CopyTo(samples[right..]);
        spare[..right].CopyTo(samples);
    }

    /// <summary>(1 - share) samples + share others.</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="others">As many.</param>
    /// <param name="share">0 to 1.</param>
    public static void Mix(Span<float> samples, ReadOnlySpan<float> others, double share)
    {
        TensorPrimitives.Multiply(samples, (float)(1 - share), samples);
        TensorPrimitives.MultiplyAdd(others[..samples.Length], (float)share, samples, samples);
    }

    /// <summary>Adds white noise of a power in proportion to the sound's. Silence stays silent.</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="ratio">10 log10 of the sound's power by the noise's.</param>
    /// <param name="draws">Draws <c>noise.sample</c> for every sample.</param>
    public static void AddNoise(Span<float> samples, double ratio, IDraws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        if (samples.IsEmpty)
            return;
        var power = TensorPrimitives.SumOfSquares<float>(samples) / (double)samples.Length;
        var deviation = Math.Sqrt(power / Math.Pow(10, ratio / 10));
        if (deviation == 0)
            return;
        foreach (ref var sample in samples)
            sample += (float)(deviation * draws.Normal("noise.sample"));
    }
}
