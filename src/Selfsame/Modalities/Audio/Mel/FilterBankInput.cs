using System.Buffers;
using System.Numerics.Tensors;

namespace Selfsame.Modalities.Audio;

/// <summary>Input of Audio-MAE, AST and SSAST: the sound around its mean, Kaldi's filter bank, cut or filled up to a number of frames, (x - mean) / (2 std). Immutable.</summary>
/// <remarks>Huang et al. 2022, https://arxiv.org/abs/2207.06405; <c>dataset.py</c> of the official code. Frames are filled up with zeros before they are normalized, as there.</remarks>
/// <param name="bank">The filter bank.</param>
/// <param name="frames">Frames of the result, at least 1.</param>
/// <param name="mean">Mean of log energies over the data; AudioSet's is -4.2677393.</param>
/// <param name="std">Their standard deviation; AudioSet's is 4.5689974.</param>
public sealed class FilterBankInput(KaldiFilterBank bank, int frames, double mean = -4.2677393, double std = 4.5689974)
{
    /// <summary>The filter bank.</summary>
    public KaldiFilterBank Bank => bank;

    /// <summary>Frames of the result.</summary>
    public int Frames => frames;

    /// <summary>Numbers of the result: frames * bins.</summary>
    public int Length => frames * bank.Bins;

    /// <summary>From samples to the input.</summary>
    /// <param name="signal">One channel.</param>
    /// <param name="output">Receives (frames, bins).</param>
    public void Apply(ReadOnlySpan<float> signal, Span<float> output)
    {
        var memory = ArrayPool<float>.Shared.Rent(Math.Max(1, signal.Length));
        var centred = memory.AsSpan(0, signal.Length);
        signal.CopyTo(centred);
        Centre(centred);
        var computed = Math.Min(frames, bank.Frames(signal.Length));
        bank.Apply(centred, output[..(computed * bank.Bins)]);
        ArrayPool<float>.Shared.Return(memory);
        Normalize(output, computed);
    }

    /// <summary>Fills up and normalizes what the filter bank gave.</summary>
    /// <param name="values">(frames, bins), of which the first <paramref name="computed"/> frames are log energies.</param>
    /// <param name="computed">Frames there are.</param>
    public void Normalize(Span<float> values, int computed)
    {
        if (values.Length != Length)
            throw new ArgumentException($"the input has {frames} frames of {bank.Bins} numbers; there is room for {values.Length} numbers", nameof(values));
        values[(computed * bank.Bins)..].Clear();
        TensorPrimitives.Subtract(values, (float)mean, values);
        TensorPrimitives.Divide(values, (float)(2 * std), values);
    }

    /// <summary>In place: subtracts the mean.</summary>
    public static void Centre(Span<float> signal)
    {
        var sum = 0.0;
        foreach (var sample in signal)
            sum += sample;
        if (signal.Length > 0)
            TensorPrimitives.Subtract(signal, (float)(sum / signal.Length), signal);
    }
}
