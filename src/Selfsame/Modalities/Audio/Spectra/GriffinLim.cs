using System.Buffers;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Audio;

/// <summary>Finds a sound for a spectrogram without phases, by going back and forth between sound and spectrum. Immutable: any number of threads may share one.</summary>
/// <remarks>
/// Griffin, Lim 1984, with the momentum of Perraudin, Balazs, Søndergaard 2013 as torchaudio uses it: m / (1 + m), and what is subtracted is the spectrum rebuilt in the round before.
/// </remarks>
public sealed class GriffinLim
{
    private const float Tiny = 1e-16f;

    private readonly Stft _stft;
    private readonly int _rounds;
    private readonly float _momentum;

    /// <summary>A reconstruction.</summary>
    /// <param name="stft">The transform the spectrogram was made by.</param>
    /// <param name="rounds">How often to go back and forth, at least 0. torchaudio's default is 32.</param>
    /// <param name="momentum">From 0 to below 1. torchaudio's default is 0.99.</param>
    public GriffinLim(Stft stft, int rounds = 32, double momentum = 0.99)
    {
        ArgumentNullException.ThrowIfNull(stft);
        ArgumentOutOfRangeException.ThrowIfNegative(rounds);
        if (momentum is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum lies between 0 and 1, without 1");
        (_stft, _rounds, _momentum) = (stft, rounds, (float)(momentum / (1 + momentum)));
    }

    /// <summary>Fills factors of the kind torchaudio begins with: both parts uniform in [0, 1), so not of length 1.</summary>
    /// <param name="draws">Draws <c>phase</c>, twice for each factor.</param>
    /// <param name="real">Receives real parts.</param>
    /// <param name="imaginary">Receives imaginary parts, as many.</param>
    public static void DrawPhases(IDraws draws, Span<float> real, Span<float> imaginary)
    {
        ArgumentNullException.ThrowIfNull(draws);
        for (var i = 0; i < real.Length; i++)
            (real[i], imaginary[i]) = ((float)draws.Uniform("phase"), (float)draws.Uniform("phase"));
    }

    /// <summary>Rebuilds one channel.</summary>
    /// <param name="spectrogram">(bins, frames), magnitudes to the power that the transform's settings name.</param>
    /// <param name="real">Real parts of the first factors, (bins, frames); empty for ones.</param>
    /// <param name="imaginary">Their imaginary parts; empty for zeros.</param>
    /// <param name="signal">Receives the sound; its length decides how much.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    /// <exception cref="ArgumentException">The spectrogram or the factors do not have the size the sound's length gives.</exception>
    public void Apply(ReadOnlySpan<float> spectrogram, ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> signal, CancellationToken cancellation = default)
    {
        var count = _stft.Bins * _stft.Frames(signal.Length);
        if (spectrogram.Length != count || (real.Length != 0 && real.Length != count) || real.Length != imaginary.Length)
            throw new ArgumentException($"{signal.Length} samples have spectra of {count} numbers; the spectrogram has {spectrogram.Length}, the factors have {real.Length} and {imaginary.Length}");
        var memory = ArrayPool<float>.Shared.Rent(5 * count);
        var magnitude = memory.AsSpan(0, count);
        var phaseRe = memory.AsSpan(count, count);
        var phaseIm = memory.AsSpan(2 * count, count);
        var beforeRe = memory.AsSpan(3 * count, count);
        var beforeIm = memory.AsSpan(4 * count, count);
        memory.AsSpan(3 * count, 2 * count).Clear();
        Magnitudes(spectrogram, magnitude);
        for (var i = 0; i < count; i++)
            (phaseRe[i], phaseIm[i]) = real.Length == 0 ? (magnitude[i], 0) : (magnitude[i] * real[i], magnitude[i] * imaginary[i]);

        for (var round = 0; round < _rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            _stft.Inverse(phaseRe, phaseIm, signal);
            _stft.Transform(signal, phaseRe, phaseIm);
            for (var i = 0; i < count; i++)
            {
                var (re, im) = (phaseRe[i] - _momentum * beforeRe[i], phaseIm[i] - _momentum * beforeIm[i]);
                var factor = magnitude[i] / (MathF.Sqrt(re * re + im * im) + Tiny);
                (beforeRe[i], beforeIm[i]) = (phaseRe[i], phaseIm[i]);
                (phaseRe[i], phaseIm[i]) = (re * factor, im * factor);
            }
        }
        _stft.Inverse(phaseRe, phaseIm, signal);
        ArrayPool<float>.Shared.Return(memory);
    }

    private void Magnitudes(ReadOnlySpan<float> spectrogram, Span<float> magnitude)
    {
        var power = _stft.Settings.Power;
        for (var i = 0; i < magnitude.Length; i++)
            magnitude[i] = power == 1 ? spectrogram[i] : power == 2 ? MathF.Sqrt(spectrogram[i]) : (float)Math.Pow(spectrogram[i], 1 / power);
    }
}
