using System.Buffers;

namespace Selfsame.Modalities.Audio;

/// <summary>Cepstral coefficients as Kaldi's <c>mfcc</c>, without dither and without energy, and HuBERT's features made of them. Immutable.</summary>
public sealed class KaldiMfcc
{
    private const int DeltaWindow = 5;

    private readonly CosineTransform _cosine;
    private readonly float[] _lifter;

    /// <summary>Kaldi's defaults: 23 filters, Povey's window, 13 coefficients, lifter 22.</summary>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="coefficients">Coefficients of a frame.</param>
    /// <param name="bins">Mel filters.</param>
    /// <param name="lifter">Period of the weights that raise the higher coefficients; 0 for none.</param>
    public KaldiMfcc(int sampleRate = 16000, int coefficients = 13, int bins = 23, double lifter = 22)
    {
        FilterBank = new(new() { SampleRate = sampleRate, Bins = bins, Window = WindowKind.Povey });
        _cosine = new(bins, coefficients, orthonormal: true);
        _lifter = new float[coefficients];
        for (var i = 0; i < coefficients; i++)
            _lifter[i] = lifter == 0 ? 1 : (float)(1 + 0.5 * lifter * Math.Sin(Math.PI * i / lifter));
    }

    /// <summary>The mel energies underneath.</summary>
    public KaldiFilterBank FilterBank { get; }

    /// <summary>Numbers of a frame: the coefficients, their slopes, and the slopes of those.</summary>
    public int Features => 3 * _cosine.Outputs;

    /// <summary>Whole frames of a sound of <paramref name="length"/> samples.</summary>
    public int Frames(int length) => FilterBank.Frames(length);

    /// <summary>Coefficients with their first and second slopes, the 39 features of HuBERT's first clustering.</summary>
    /// <remarks>Hsu et al. 2021, https://arxiv.org/abs/2106.07447, section III-A.</remarks>
    /// <param name="signal">One channel, -1 to 1.</param>
    /// <param name="output">Receives (frames, <see cref="Features"/>).</param>
    public void Apply(ReadOnlySpan<float> signal, Span<float> output)
    {
        var (frames, bins, count) = (Frames(signal.Length), FilterBank.Bins, _cosine.Outputs);
        if (output.Length != frames * Features)
            throw new ArgumentException($"{signal.Length} samples become {frames} frames of {Features} numbers; there is room for {output.Length} numbers", nameof(output));
        if (frames == 0)
            return;
        var memory = ArrayPool<float>.Shared.Rent(frames * (2 * bins + Features));
        var energies = memory.AsSpan(0, frames * bins);
        var columns = memory.AsSpan(frames * bins, frames * bins);
        var features = memory.AsSpan(2 * frames * bins, frames * Features);
        FilterBank.Apply(signal, energies);
        Transpose(energies, frames, bins, columns);
        var own = features[..(count * frames)];
        var first = features.Slice(count * frames, count * frames);
        var second = features[(2 * count * frames)..];
        _cosine.Apply(columns, own);
        for (var i = 0; i < own.Length; i++)
            own[i] *= _lifter[i / frames];
        Deltas.Apply(own, frames, DeltaWindow, first);
        Deltas.Apply(first, frames, DeltaWindow, second);
        Transpose(features, Features, frames, output);
        ArrayPool<float>.Shared.Return(memory);
    }

    private static void Transpose(ReadOnlySpan<float> from, int rows, int columns, Span<float> to)
    {
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++)
                to[c * rows + r] = from[r * columns + c];
    }
}
