using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>Which part of a sound a view takes.</summary>
public enum AudioCrop
{
    /// <summary>Anywhere, every place equally likely.</summary>
    Random,

    /// <summary>The middle.</summary>
    Center,

    /// <summary>The begin.</summary>
    Start,
}

/// <summary>What follows a sound that is shorter than the view.</summary>
public enum AudioFill
{
    /// <summary>Silence.</summary>
    Zeros,

    /// <summary>The sound again and again.</summary>
    Repeat,
}

/// <summary>What a model sees of a sound.</summary>
public enum AudioFrontEnd
{
    /// <summary>The samples themselves, (1, samples).</summary>
    Waveform,

    /// <summary>Log mel energies as Audio-MAE makes them, (1, frames, bins).</summary>
    FilterBank,

    /// <summary>Log mel energies as Whisper makes them, (1, frames, bins).</summary>
    LogMel,
}

/// <summary>How one view of a sound is made: part, loudness, noise, mixture, front end, masks.</summary>
public sealed record AudioViewSettings : ICheckable
{
    /// <summary>Samples a second. Default 16,000.</summary>
    [Limits(1, 768_000, "the samples a second"), Unit("Hz")]
    public int SampleRate { get; init; } = 16000;

    /// <summary>How long the view is. Default 2.</summary>
    [Limits(0, 86_400, "the length of a view", AboveMin = true), Unit("seconds")]
    public double Duration { get; init; } = 2;

    /// <summary>Which part is taken of a longer sound. Default random.</summary>
    public AudioCrop Crop { get; init; } = AudioCrop.Random;

    /// <summary>What follows a shorter sound. Default silence.</summary>
    public AudioFill Fill { get; init; } = AudioFill.Zeros;

    /// <summary>Random shift in time, what leaves at one end entering at the other. Null (default): none.</summary>
    public TimeShiftSettings? Shift { get; init; }

    /// <summary>Random loudness. Null (default): none.</summary>
    public GainSettings? Gain { get; init; }

    /// <summary>Another sound mixed in. Null (default): none.</summary>
    public MixUpSettings? MixUp { get; init; }

    /// <summary>Random white noise. Null (default): none.</summary>
    public NoiseSettings? Noise { get; init; }

    /// <summary>What the model sees. Default filter bank.</summary>
    public AudioFrontEnd FrontEnd { get; init; } = AudioFrontEnd.FilterBank;

    /// <summary>Mel filters of a front end with filters. Default 128.</summary>
    [Limits(1, 4096, "the number of mel filters")]
    public int Bins { get; init; } = 128;

    /// <summary>Frames of the filter bank, filled up or cut; null for those the duration gives.</summary>
    public int? Frames { get; init; }

    /// <summary>Mean of the filter bank's log energies over the data. Default AudioSet's.</summary>
    public double Mean { get; init; } = -4.2677393;

    /// <summary>Their standard deviation, above 0; energies are divided by twice of it. Default AudioSet's.</summary>
    [Limits(0, double.PositiveInfinity, "a standard deviation", AboveMin = true)]
    public double Std { get; init; } = 4.5689974;

    /// <summary>Strips of time and frequency that are hidden in log energies. Null (default): none.</summary>
    public SpectrogramMaskSettings? Masks { get; init; }

    /// <summary>Samples of the view.</summary>
    internal int Samples => Math.Max(1, (int)Math.Round(Duration * SampleRate));

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (FrontEnd == AudioFrontEnd.Waveform && Masks is not null)
            yield return new("masks", "hides strips of log energies; with front_end: waveform there are none");
        if (Frames is { } frames && (frames < 1 || FrontEnd != AudioFrontEnd.FilterBank))
            yield return new("frames", $"is {frames}; it is at least 1, and for front_end: filter_bank only");
        if (FrontEnd == AudioFrontEnd.FilterBank && Samples < SampleRate / 40)
            yield return new("duration", $"is {Duration} s; a frame of the filter bank has 0.025 s");
        if (FrontEnd == AudioFrontEnd.LogMel && Samples < SampleRate / 40)
            yield return new("duration", $"is {Duration} s; a frame has 0.025 s");
    }
}

/// <summary>A random shift in time.</summary>
public sealed record TimeShiftSettings
{
    /// <summary>Chance of a shifted view, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of a shifted view")]
    public double Probability { get; init; } = 0.5;

    /// <summary>Largest shift to either side as a share of the view, 0 to 1. Default 0.1.</summary>
    [Limits(0, 1, "the largest shift as a share of the view")]
    public double Share { get; init; } = 0.1;
}

/// <summary>Random loudness.</summary>
public sealed record GainSettings : ICheckable
{
    /// <summary>Chance of another loudness, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of another loudness")]
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest and largest gain. Default -6 to 6.</summary>
    [Count(2, 2), Limits(-120, 120, "a gain"), Unit("decibels")]
    public EquatableList<double> Range { get; init; } = [-6.0, 6.0];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Range[0] > Range[1])
            yield return new("range", $"is {Range}; the smaller one comes first");
    }
}

/// <summary>Random white noise.</summary>
public sealed record NoiseSettings : ICheckable
{
    /// <summary>Chance of noise, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of noise")]
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest and largest ratio of the sound's power to the noise's. Default 10 to 40.</summary>
    [Count(2, 2), Limits(-120, 120, "a ratio of sound to noise"), Unit("decibels")]
    public EquatableList<double> Ratio { get; init; } = [10.0, 40.0];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Ratio[0] > Ratio[1])
            yield return new("ratio", $"is {Ratio}; the smaller one comes first");
    }
}

/// <summary>Another sound mixed into the view.</summary>
public sealed record MixUpSettings : ICheckable
{
    /// <summary>Chance of a mixture, 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the chance of a mixture")]
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest and largest share of the other sound, 0 to 1. Default 0 to 0.4.</summary>
    [Count(2, 2), Limits(0, 1, "a share of the other sound")]
    public EquatableList<double> Share { get; init; } = [0.0, 0.4];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Share[0] > Share[1])
            yield return new("share", $"is {Share}; the smaller one comes first");
    }
}

/// <summary>Strips of time and frequency that are hidden, filled with the mean.</summary>
/// <remarks>Park et al. 2019, https://arxiv.org/abs/1904.08779.</remarks>
public sealed record SpectrogramMaskSettings
{
    /// <summary>Strips of frequency. Default 1.</summary>
    [Limits(0, 64, "the number of strips")]
    public int FrequencyMasks { get; init; } = 1;

    /// <summary>Widest strip of frequency. Default 27.</summary>
    [Limits(0, 4096, "the widest strip of frequency"), Unit("bins")]
    public int FrequencyWidth { get; init; } = 27;

    /// <summary>Strips of time. Default 1.</summary>
    [Limits(0, 64, "the number of strips")]
    public int TimeMasks { get; init; } = 1;

    /// <summary>Longest strip of time. Default 100.</summary>
    [Limits(0, 1 << 20, "the longest strip of time"), Unit("frames")]
    public int TimeWidth { get; init; } = 100;

    /// <summary>A strip of time is at most this share of the view, 0 to 1. Default 1.</summary>
    [Limits(0, 1, "the largest share of the view that a strip of time hides")]
    public double TimeShare { get; init; } = 1;
}
