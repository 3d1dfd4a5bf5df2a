using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Logarithm of mel energies as Kaldi's <c>fbank</c> (torchaudio's <c>compliance.kaldi</c>), without dither. Immutable: any number of threads may share one.</summary>
/// <remarks>Whole frames only; of each its mean is removed, it is pre-emphasized, windowed (symmetric), padded to a power of two; energy, filters, ln(max(x, 2^-23)).</remarks>
public sealed class KaldiFilterBank
{
    /// <summary>Smallest energy that counts, the distance from 1 to the next 32-bit real.</summary>
    public const float Floor = 1.1920929e-7f;

    private readonly FramedFft _frames;
    private readonly MelFilters _filters;
    private readonly int _length;

    /// <summary>A filter bank.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every one.</exception>
    public KaldiFilterBank(KaldiSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SettingsProblems.Require(settings, nameof(settings));
        Settings = settings;
        _length = settings.FrameSamples;
        var size = FramedFft.PowerOfTwo(_length);
        _frames = new(size, settings.ShiftSamples, AnalysisWindow.Make(settings.Window, _length, periodic: false), 0)
        {
            RemoveMean = settings.RemoveMean,
            PreEmphasis = (float)settings.PreEmphasis,
        };
        _filters = MelFilters.Kaldi(size, settings.Bins, settings.SampleRate, settings.LowFrequency, settings.UpperEdge);
    }

    /// <summary>What it was built from.</summary>
    public KaldiSettings Settings { get; }

    /// <summary>Numbers of a frame.</summary>
    public int Bins => _filters.Count;

    /// <summary>Whole frames of a sound of <paramref name="length"/> samples.</summary>
    public int Frames(int length) => length < _length ? 0 : 1 + (length - _length) / _frames.Hop;

    /// <summary>Log mel energies of one channel.</summary>
    /// <param name="signal">Its samples.</param>
    /// <param name="output">Receives (frames, bins). May be shorter, whole frames: the first ones are computed.</param>
    /// <exception cref="ArgumentException">The output is not whole frames, or more of them than there are.</exception>
    public void Apply(ReadOnlySpan<float> signal, Span<float> output)
    {
        var frames = output.Length / Bins;
        if (output.Length != frames * Bins || frames > Frames(signal.Length))
            throw new ArgumentException($"{signal.Length} samples become {Frames(signal.Length)} frames of {Bins} numbers; there is room for {output.Length} numbers", nameof(output));
        var bins = _frames.Fft.Bins;
        var memory = ArrayPool<float>.Shared.Rent(bins * FrameLanes.Count);
        var sink = new Sink(_filters, memory.AsLanes(0, bins), output);
        _frames.Run(signal, 0, frames, ref sink);
        ArrayPool<float>.Shared.Return(memory);
        TensorPrimitives.Max(output, Floor, output);
        TensorPrimitives.Log(output, output);
    }

    private readonly ref struct Sink(MelFilters filters, Span<Vector256<float>> energies, Span<float> output) : ISpectrumSink
    {
        private readonly Span<Vector256<float>> _energies = energies;
        private readonly Span<float> _output = output;

        public void Take(int frame, int count, ReadOnlySpan<Vector256<float>> real, ReadOnlySpan<Vector256<float>> imaginary)
        {
            for (var k = 0; k < real.Length; k++)
                _energies[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
            Span<float> lanes = stackalloc float[FrameLanes.Count];
            for (var m = 0; m < filters.Count; m++)
            {
                filters.Apply(m, _energies).CopyTo(lanes);
                for (var lane = 0; lane < count; lane++)
                    _output[(frame + lane) * filters.Count + m] = lanes[lane];
            }
        }
    }
}
