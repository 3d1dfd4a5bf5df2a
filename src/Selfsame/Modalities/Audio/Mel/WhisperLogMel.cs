using System.Numerics.Tensors;

namespace Selfsame.Modalities.Audio;

/// <summary>Whisper's input: Slaney's mel filters, log10, at most 8 decades below the largest, (x + 4) / 4. Immutable.</summary>
/// <remarks>Radford et al. 2022, https://arxiv.org/abs/2212.04356, section 2.2; <c>whisper/audio.py</c>. The last frame of the centred transform is dropped.</remarks>
public sealed class WhisperLogMel
{
    private const float Floor = 1e-10f, Range = 8;

    private readonly MelSpectrogram _mel;
    private readonly int _hop;

    /// <summary>Whisper's front end.</summary>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="fftSize">Samples of a frame.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    /// <param name="bins">Mel filters.</param>
    public WhisperLogMel(int sampleRate = 16000, int fftSize = 400, int hop = 160, int bins = 80)
    {
        _hop = hop;
        _mel = new(new() { SampleRate = sampleRate, Bins = bins, Scale = MelScaleKind.Slaney, UnitArea = true, Spectrogram = new() { FftSize = fftSize, Hop = hop } });
    }

    /// <summary>Mel filters.</summary>
    public int Bins => _mel.Filters.Count;

    /// <summary>Frames of a sound of <paramref name="length"/> samples.</summary>
    public int Frames(int length) => length / _hop;

    /// <summary>Log mel energies of one channel.</summary>
    /// <param name="signal">Its samples; Whisper cuts it, or fills it with zeros, to 30 s before.</param>
    /// <param name="output">Receives (bins, frames).</param>
    public void Apply(ReadOnlySpan<float> signal, Span<float> output)
    {
        var frames = Frames(signal.Length);
        if (output.Length != Bins * frames)
            throw new ArgumentException($"{signal.Length} samples become {Bins} filters of {frames} frames; there is room for {output.Length} numbers", nameof(output));
        if (frames == 0)
            return;
        var all = _mel.Frames(signal.Length);
        var memory = System.Buffers.ArrayPool<float>.Shared.Rent(Bins * all);
        _mel.Apply(signal, memory.AsSpan(0, Bins * all));
        for (var m = 0; m < Bins; m++)
            memory.AsSpan(m * all, frames).CopyTo(output[(m * frames)..]);
        System.Buffers.ArrayPool<float>.Shared.Return(memory);
        TensorPrimitives.Max(output, Floor, output);
        TensorPrimitives.Log10(output, output);
        TensorPrimitives.Max(output, TensorPrimitives.Max<float>(output) - Range, output);
        TensorPrimitives.Add(output, 4f, output);
        TensorPrimitives.Divide(output, 4f, output);
    }
}
