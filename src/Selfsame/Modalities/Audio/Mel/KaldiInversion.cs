namespace Selfsame.Modalities.Audio;

/// <summary>From log mel energies of a <see cref="KaldiFilterBank"/> back to a sound that has about these energies. Immutable: any number of threads may share one.</summary>
/// <remarks>
/// The power of a frequency is the mean of the bands that cover it, each spread evenly over its filter; pre-emphasis is divided out; phases come from
/// <see cref="GriffinLim"/>. Detail within a band is lost, and with it the pitch of high voices.
/// </remarks>
public sealed class KaldiInversion
{
    private const double Loudest = 0.9;

    private readonly KaldiSettings _settings;
    private readonly GriffinLim _phases;
    private readonly float[] _spread;  // (spectrum, bins)
    private readonly int _spectrum;

    /// <summary>An inversion.</summary>
    /// <param name="settings">Of the filter bank.</param>
    /// <param name="rounds">Rounds of Griffin and Lim, at least 0.</param>
    public KaldiInversion(KaldiSettings settings, int rounds = 32)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        var size = FramedFft.PowerOfTwo(settings.FrameSamples);
        _phases = new(new Stft(new SpectrogramSettings { FftSize = size, WindowLength = settings.FrameSamples, Hop = settings.ShiftSamples, Window = settings.Window }), rounds);
        var filters = MelFilters.Kaldi(size, settings.Bins, settings.SampleRate, settings.LowFrequency, settings.UpperEdge);
        _spectrum = (size / 2) + 1;
        _spread = Spread(filters.Dense(), _spectrum, settings.Bins, settings.PreEmphasis);
    }

    /// <summary>Makes a sound.</summary>
    /// <param name="energies">(frames, bins), natural logarithms.</param>
    /// <returns>Samples; where they would be louder than 1, all are made softer.</returns>
    public float[] Apply(ReadOnlySpan<float> energies)
    {
        var (bins, frames) = (_settings.Bins, energies.Length / _settings.Bins);
        if (frames == 0)
            return [];
        var power = new float[_spectrum * frames];
        for (var t = 0; t < frames; t++)
        {
            for (var k = 0; k < _spectrum; k++)
            {
                var sum = 0.0;
                for (var m = 0; m < bins; m++)
                {
                    if (_spread[(k * bins) + m] is > 0 and var weight)
                        sum += weight * Math.Exp(energies[(t * bins) + m]);
                }

                power[(k * frames) + t] = (float)sum;
            }
        }

        var signal = new float[Math.Max(1, (frames - 1) * _settings.ShiftSamples)];
        _phases.Apply(power, [], [], signal);
        var peak = signal.Max(Math.Abs);
        if (peak > Loudest)
        {
            for (var n = 0; n < signal.Length; n++)
                signal[n] *= (float)(Loudest / peak);
        }

        return signal;
    }

    private static float[] Spread(float[] filters, int spectrum, int bins, double preEmphasis)
    {
        var area = new double[bins];
        for (var k = 0; k < filters.Length; k++)
            area[k % bins] += filters[k];
        var spread = new float[filters.Length];
        for (var k = 0; k < spectrum; k++)
        {
            var covered = 0.0;
            for (var m = 0; m < bins; m++)
                covered += filters[(k * bins) + m];
            var lifted = 1 + (preEmphasis * preEmphasis) - (2 * preEmphasis * Math.Cos(Math.PI * k / (spectrum - 1)));
            for (var m = 0; covered > 0 && m < bins; m++)
                spread[(k * bins) + m] = (float)(filters[(k * bins) + m] / (area[m] * covered * lifted));
        }

        return spread;
    }
}
