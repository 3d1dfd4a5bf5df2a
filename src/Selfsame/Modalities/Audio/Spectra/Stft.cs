using System.Buffers;
using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Short-time Fourier transform of a sound, and back, as torch's. Immutable: any number of threads may share one.</summary>
/// <remarks>Planes are (bins, frames), the frames next to each other. Bins run from frequency 0 to half the rate.</remarks>
public sealed class Stft
{
    // Below it nothing was under any window.
    private const float SmallestEnvelope = 1e-11f;

    private readonly SpectrogramSettings _settings;
    private readonly FramedFft _frames;
    private readonly float[] _window;   // as long as the transform
    private readonly int _begin;        // zeros in front of the window
    private readonly float _scale = 1;

    /// <summary>A transform.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every one.</exception>
    public Stft(SpectrogramSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SettingsProblems.Require(settings, nameof(settings));
        _settings = settings;
        var window = AnalysisWindow.Make(settings.Window, settings.WindowLength ?? settings.FftSize, periodic: true);
        _begin = (settings.FftSize - window.Length) / 2;
        _window = new float[settings.FftSize];
        window.CopyTo(_window, _begin);
        if (settings.Normalized)
        {
            var energy = 0.0;
            foreach (var factor in window)
                energy += (double)factor * factor;
            _scale = (float)(1 / Math.Sqrt(energy));
        }
        _frames = new(settings.FftSize, settings.Hop, window, _begin);
    }

    /// <summary>What the transform was built from.</summary>
    public SpectrogramSettings Settings => _settings;

    /// <summary>What spectra are multiplied by.</summary>
    internal float Scale => _scale;

    /// <summary>Frequencies: half a transform and one.</summary>
    public int Bins => _frames.Fft.Bins;

    /// <summary>Frames of a sound; 0 for one shorter than a transform where frames are not centred.</summary>
    /// <param name="length">Its samples.</param>
    public int Frames(int length)
    {
        var padded = Padded(length);
        return padded < _settings.FftSize ? 0 : 1 + (padded - _settings.FftSize) / _settings.Hop;
    }

    /// <summary>The spectra themselves.</summary>
    /// <param name="signal">One channel.</param>
    /// <param name="real">Receives (bins, frames).</param>
    /// <param name="imaginary">Receives (bins, frames).</param>
    /// <exception cref="ArgumentException">The sound is too short to be mirrored at its ends, or a plane has another size.</exception>
    public void Transform(ReadOnlySpan<float> signal, Span<float> real, Span<float> imaginary)
    {
        Require(signal.Length, real.Length);
        Require(signal.Length, imaginary.Length);
        var sink = new ComplexSink(real, imaginary, Frames(signal.Length), _scale);
        Run(signal, ref sink);
    }

    /// <summary>The magnitude of the spectra to the power of <see cref="SpectrogramSettings.Power"/>.</summary>
    /// <param name="signal">One channel.</param>
    /// <param name="spectrogram">Receives (bins, frames).</param>
    /// <exception cref="ArgumentException">The sound is too short to be mirrored at its ends, or the plane has another size.</exception>
    public void Spectrogram(ReadOnlySpan<float> signal, Span<float> spectrogram)
    {
        Require(signal.Length, spectrogram.Length);
        var sink = new PowerSink(spectrogram, Frames(signal.Length), _scale, _settings.Power);
        Run(signal, ref sink);
    }

    /// <summary>Back to sound: every spectrum transformed, windowed and added in its place, divided by what the windows' squares add up to.</summary>
    /// <remarks>Griffin, Lim 1984, Signal estimation from modified short-time Fourier transform, equation 6. Samples that no window covers become 0.</remarks>
    /// <param name="real">(bins, frames).</param>
    /// <param name="imaginary">(bins, frames).</param>
    /// <param name="signal">Receives the sound; its length decides how much is kept, zeros follow where the frames end.</param>
    /// <exception cref="ArgumentException">The planes differ in size or are not whole frames.</exception>
    public void Inverse(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> signal)
    {
        if (real.Length != imaginary.Length || real.Length % Bins != 0)
            throw new ArgumentException($"planes of {real.Length} and {imaginary.Length} numbers are not spectra of {Bins} bins");
        var (size, hop, frames) = (_settings.FftSize, _settings.Hop, real.Length / Bins);
        var total = Math.Max(size + hop * Math.Max(0, frames - 1), 1);
        var memory = ArrayPool<float>.Shared.Rent(2 * total);
        var sum = memory.AsSpan(0, total);
        var envelope = memory.AsSpan(total, total);
        memory.AsSpan(0, 2 * total).Clear();
        for (var frame = 0; frame < frames; frame++)
            for (var t = 0; t < size; t++)
                envelope[frame * hop + t] += _window[t] * _window[t];
        OverlapAdd(real, imaginary, frames, sum);

        var first = (_settings.Center ? size / 2 : 0) + _settings.Pad;
        for (var t = 0; t < signal.Length; t++)
        {
            var at = first + t;
            signal[t] = at < total && envelope[at] > SmallestEnvelope ? sum[at] / envelope[at] : 0;
        }
        ArrayPool<float>.Shared.Return(memory);
    }

    /// <summary>Hands over the spectra, not normalized.</summary>
    internal void Run<TSink>(ReadOnlySpan<float> signal, ref TSink sink)
        where TSink : ISpectrumSink, allows ref struct
    {
        var (length, frames) = (Padded(signal.Length), Frames(signal.Length));
        if (length == signal.Length)
        {
            _frames.Run(signal, _begin, frames, ref sink);
            return;
        }
        var memory = ArrayPool<float>.Shared.Rent(length);
        Pad(signal, memory.AsSpan(0, length));
        _frames.Run(memory.AsSpan(0, length), _begin, frames, ref sink);
        ArrayPool<float>.Shared.Return(memory);
    }

    private int Padded(int length) => length + 2 * (_settings.Pad + (_settings.Center ? _settings.FftSize / 2 : 0));

    private void Pad(ReadOnlySpan<float> signal, Span<float> padded)
    {
        var edge = _settings.Center ? _settings.FftSize / 2 : 0;
        var inner = padded[edge..^edge];
        inner[.._settings.Pad].Clear();
        inner[^_settings.Pad..].Clear();
        signal.CopyTo(inner[_settings.Pad..]);
        if (edge >= inner.Length && _settings.PadMode == EdgePadding.Reflect)
            throw new ArgumentException($"a sound of {signal.Length} samples is too short to be mirrored by {edge} at its ends; at least {edge + 1 - 2 * _settings.Pad} are needed, or another pad_mode");
        if (inner.Length == 0)
        {
            padded.Clear();
            return;
        }
        for (var i = 1; i <= edge; i++)
        {
            (padded[edge - i], padded[edge + inner.Length - 1 + i]) = _settings.PadMode switch
            {
                EdgePadding.Reflect => (inner[i], inner[^(i + 1)]),
                EdgePadding.Replicate => (inner[0], inner[^1]),
                _ => (0f, 0f),
            };
        }
    }

    private void OverlapAdd(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, int frames, Span<float> sum)
    {
        var (fft, size, bins) = (_frames.Fft, _settings.FftSize, Bins);
        var memory = ArrayPool<float>.Shared.Rent((size + 2 * bins + fft.Work) * FrameLanes.Count);
        var samples = memory.AsLanes(0, size);
        var re = memory.AsLanes(size, bins);
        var im = memory.AsLanes(size + bins, bins);
        var work = memory.AsLanes(size + 2 * bins, fft.Work);
        for (var frame = 0; frame < frames; frame += FrameLanes.Count)
        {
            var count = Math.Min(FrameLanes.Count, frames - frame);
            for (var k = 0; k < bins; k++)
                (re[k], im[k]) = (Gather(real.Slice(k * frames + frame, count)), Gather(imaginary.Slice(k * frames + frame, count)));
            fft.Inverse(re, im, samples, work);
            for (var t = 0; t < size; t++)
                samples[t] *= _window[t] / _scale;
            for (var lane = 0; lane < count; lane++)
            {
                var target = sum.Slice((frame + lane) * _settings.Hop, size);
                for (var t = 0; t < size; t++)
                    target[t] += memory[t * FrameLanes.Count + lane];
            }
        }
        ArrayPool<float>.Shared.Return(memory);

        static Vector256<float> Gather(ReadOnlySpan<float> values)
        {
            if (values.Length == FrameLanes.Count)
                return Vector256.Create(values);
            Span<float> some = stackalloc float[FrameLanes.Count];
            some.Clear();
            values.CopyTo(some);
            return Vector256.Create((ReadOnlySpan<float>)some);
        }
    }

    private void Require(int samples, int numbers)
    {
        if (numbers != Bins * Frames(samples))
            throw new ArgumentException($"{samples} samples become {Bins} bins of {Frames(samples)} frames, which are {Bins * Frames(samples)} numbers; there is room for {numbers}");
    }

    private readonly ref struct ComplexSink(Span<float> realPlane, Span<float> imaginaryPlane, int frames, float scale) : ISpectrumSink
    {
        private readonly Span<float> _real = realPlane, _imaginary = imaginaryPlane;

        public void Take(int frame, int count, ReadOnlySpan<Vector256<float>> real, ReadOnlySpan<Vector256<float>> imaginary)
        {
            for (var k = 0; k < real.Length; k++)
            {
                FrameLanes.Store(real[k] * scale, _real[(k * frames + frame)..], count);
                FrameLanes.Store(imaginary[k] * scale, _imaginary[(k * frames + frame)..], count);
            }
        }
    }

    private readonly ref struct PowerSink(Span<float> plane, int frames, float scale, double power) : ISpectrumSink
    {
        private readonly Span<float> _plane = plane;

        public void Take(int frame, int count, ReadOnlySpan<Vector256<float>> real, ReadOnlySpan<Vector256<float>> imaginary)
        {
            for (var k = 0; k < real.Length; k++)
                FrameLanes.Store(SpectrumPower.Of(real[k] * scale, imaginary[k] * scale, power), _plane[(k * frames + frame)..], count);
        }
    }
}
