using System.Buffers;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Spectrogram through mel filters. Immutable: any number of threads may share one.</summary>
public sealed class MelSpectrogram
{
    private readonly Stft _stft;

    /// <summary>A mel spectrogram.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every one.</exception>
    public MelSpectrogram(MelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SettingsProblems.Require(settings, nameof(settings));
        Settings = settings;
        _stft = new(settings.Spectrogram);
        Filters = MelFilters.Torchaudio(_stft.Bins, settings.Bins, settings.SampleRate, settings.LowFrequency, settings.UpperEdge, settings.Scale, settings.UnitArea);
    }

    /// <summary>What it was built from.</summary>
    public MelSettings Settings { get; }

    /// <summary>The filters.</summary>
    public MelFilters Filters { get; }

    /// <summary>Frames of a sound of <paramref name="length"/> samples.</summary>
    public int Frames(int length) => _stft.Frames(length);

    /// <summary>Mel spectrogram of one channel.</summary>
    /// <param name="signal">Its samples.</param>
    /// <param name="mel">Receives (filters, frames).</param>
    /// <exception cref="ArgumentException">The sound is too short to be mirrored at its ends, or the plane has another size.</exception>
    public void Apply(ReadOnlySpan<float> signal, Span<float> mel)
    {
        var frames = Frames(signal.Length);
        if (mel.Length != frames * Filters.Count)
            throw new ArgumentException($"{signal.Length} samples become {Filters.Count} filters of {frames} frames; there is room for {mel.Length} numbers", nameof(mel));
        var memory = ArrayPool<float>.Shared.Rent(_stft.Bins * FrameLanes.Count);
        var sink = new MelSink(Filters, memory.AsLanes(0, _stft.Bins), mel, frames, _stft.Scale, Settings.Spectrogram.Power);
        _stft.Run(signal, ref sink);
        ArrayPool<float>.Shared.Return(memory);
    }

    private readonly ref struct MelSink(MelFilters filters, Span<Vector256<float>> bins, Span<float> plane, int frames, float scale, double power) : ISpectrumSink
    {
        private readonly Span<Vector256<float>> _bins = bins;
        private readonly Span<float> _plane = plane;

        public void Take(int frame, int count, ReadOnlySpan<Vector256<float>> real, ReadOnlySpan<Vector256<float>> imaginary)
        {
            for (var k = 0; k < real.Length; k++)
                _bins[k] = SpectrumPower.Of(real[k] * scale, imaginary[k] * scale, power);
            for (var m = 0; m < filters.Count; m++)
                FrameLanes.Store(filters.Apply(m, _bins), _plane[(m * frames + frame)..], count);
        }
    }
}
