using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Powers of magnitudes.</summary>
internal static class SpectrumPower
{
    /// <summary>|real + i imaginary| to a power; without roots and logarithms for 2 and 1.</summary>
    public static Vector256<float> Of(Vector256<float> real, Vector256<float> imaginary, double power)
    {
        var energy = real * real + imaginary * imaginary;
        if (power == 2)
            return energy;
        if (power == 1)
            return Vector256.Sqrt(energy);
        Span<float> lanes = stackalloc float[FrameLanes.Count];
        energy.CopyTo(lanes);
        foreach (ref var value in lanes)
            value = (float)Math.Pow(value, power / 2);
        return Vector256.Create((ReadOnlySpan<float>)lanes);
    }
}
