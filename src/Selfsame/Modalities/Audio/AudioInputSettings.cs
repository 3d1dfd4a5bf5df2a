using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>How a sound becomes numbers.</summary>
public sealed record AudioInputSettings : ICheckable
{
    /// <summary>Samples a second; other rates are resampled, and all channels mixed to one. Default 16,000.</summary>
    [Limits(1, 768_000, "the number of samples in a second"), Unit("Hz")]
    public int SampleRate { get; init; } = 16000;

    /// <summary>Longest stretch of a sound, above 0. Of a longer one training takes a stretch from anywhere in it, another one each epoch; evaluation takes its start. Default 5.</summary>
    [Limits(0, 3600, "the longest stretch of a sound", AboveMin = true), Unit("seconds")]
    public double Seconds { get; init; } = 5;

    /// <summary>Waveforms (default), or the log mel energies of Kaldi's filter bank, as Audio-MAE and AST see sound.</summary>
    public AudioFeatures Features { get; init; }

    /// <summary>Mel filters of a filter bank. Default 128.</summary>
    [Limits(1, 1024, "the number of mel filters"), Unit("filters")]
    public int Bins { get; init; } = 128;

    /// <summary>Mean of the log energies over the data, subtracted from a filter bank. Default AudioSet's, -4.2677393.</summary>
    public double Mean { get; init; } = -4.2677393;

    /// <summary>Their standard deviation, above 0; a filter bank is divided by twice that. Default AudioSet's, 4.5689974.</summary>
    [Limits(0, double.PositiveInfinity, "the standard deviation of the log energies", AboveMin = true)]
    public double Std { get; init; } = 4.5689974;

    /// <summary>Shift and scale each stretch of a waveform to mean 0 and variance 1, as wav2vec 2.0 does. Default true.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Random loudness in training. Null (default): none. A normalised waveform undoes it, so it matters beside noise, mixtures and filter banks only.</summary>
    public GainSettings? Gain { get; init; }

    /// <summary>Another sound of the training part mixed in, in training. Null (default): none.</summary>
    public MixUpSettings? MixUp { get; init; }

    /// <summary>Random white noise in training. Null (default): none.</summary>
    public NoiseSettings? Noise { get; init; }

    /// <summary>Strips of time and frequency of a filter bank that are hidden in training. Null (default): none.</summary>
    public SpectrogramMaskSettings? Masks { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Features == AudioFeatures.Waveform && Masks is not null)
            yield return new("masks", "hides strips of a filter bank; write features: filter_bank, or leave it out");
    }
}

/// <summary>What a model sees of a sound.</summary>
public enum AudioFeatures
{
    /// <summary>The samples themselves.</summary>
    Waveform,

    /// <summary>Log mel energies, 25 ms frames every 10 ms.</summary>
    FilterBank,
}
