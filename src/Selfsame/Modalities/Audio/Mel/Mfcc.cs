using System.Buffers;
using System.Numerics.Tensors;

namespace Selfsame.Modalities.Audio;

/// <summary>How mel energies are compressed before the cosine transform.</summary>
public enum MfccCompression
{
    /// <summary>Decibels, at most 80 below the largest.</summary>
    Decibels,

    /// <summary>ln(x + 1e-6).</summary>
    Logarithm,
}

/// <summary>Mel-frequency cepstral coefficients as torchaudio's. Immutable: any number of threads may share one.</summary>
/// <param name="mel">The mel energies underneath.</param>
/// <param name="coefficients">Coefficients kept, at most the number of filters.</param>
/// <param name="orthonormal">Scale of the cosine transform; see <see cref="CosineTransform"/>.</param>
public sealed class Mfcc(MelSpectrogram mel, int coefficients, bool orthonormal = true)
{
    private const double Range = 80;
    private const float Offset = 1e-6f;

    /// <summary>The cosine transform.</summary>
    public CosineTransform Cosine { get; } = new(mel.Filters.Count, coefficients, orthonormal);

    /// <summary>Frames of a sound of <paramref name="length"/> samples.</summary>
    public int Frames(int length) => mel.Frames(length);

    /// <summary>Coefficients of a sound.</summary>
    /// <param name="signal">(channels, length); the range of decibels is below the largest energy of all channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="compression">How energies are compressed.</param>
    /// <param name="output">Receives (channels, coefficients, frames).</param>
    public void Apply(ReadOnlySpan<float> signal, int channels, MfccCompression compression, Span<float> output)
    {
        var length = signal.Length / channels;
        var (frames, filters) = (Frames(length), mel.Filters.Count);
        var memory = ArrayPool<float>.Shared.Rent(channels * filters * frames);
        var energies = memory.AsSpan(0, channels * filters * frames);
        for (var c = 0; c < channels; c++)
            mel.Apply(signal.Slice(c * length, length), energies.Slice(c * filters * frames, filters * frames));
        if (compression == MfccCompression.Decibels)
            Decibels.Apply(energies, 10, Range);
        else
        {
            TensorPrimitives.Add(energies, Offset, energies);
            TensorPrimitives.Log(energies, energies);
        }
        for (var c = 0; c < channels; c++)
            Cosine.Apply(energies.Slice(c * filters * frames, filters * frames), output.Slice(c * Cosine.Outputs * frames, Cosine.Outputs * frames));
        ArrayPool<float>.Shared.Return(memory);
    }
}
