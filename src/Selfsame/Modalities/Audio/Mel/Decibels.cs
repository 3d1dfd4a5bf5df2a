using System.Numerics.Tensors;

namespace Selfsame.Modalities.Audio;

/// <summary>Amplitudes and energies to decibels.</summary>
public static class Decibels
{
    /// <summary>Smallest value that counts; what lies below is raised to it.</summary>
    public const float Floor = 1e-10f;

    /// <summary>In place: multiplier * log10(max(x, <see cref="Floor"/>)), and nothing further than <paramref name="range"/> below the largest of all.</summary>
    /// <param name="values">Everything that shares one largest value: all channels of a sound.</param>
    /// <param name="multiplier">10 for energies, 20 for amplitudes.</param>
    /// <param name="range">Decibels; null for no limit.</param>
    public static void Apply(Span<float> values, double multiplier, double? range)
    {
        if (values.IsEmpty)
            return;
        TensorPrimitives.Max(values, Floor, values);
        TensorPrimitives.Log10(values, values);
        TensorPrimitives.Multiply(values, (float)multiplier, values);
        if (range is { } below)
            TensorPrimitives.Max(values, (float)(TensorPrimitives.Max(values) - below), values);
    }
}
