namespace Selfsame.Modalities.Audio;

/// <summary>Which part of a sound is decoded, and to what.</summary>
public sealed record AudioDecodeSettings
{
    /// <summary>The defaults: all of it, at 16 kHz, mixed to one channel.</summary>
    public static AudioDecodeSettings Default { get; } = new();

    /// <summary>Samples a second of the result, 1 to 768,000; null keeps the stored rate. Default 16,000.</summary>
    public int? SampleRate { get; init; } = 16000;

    /// <summary>Mix all channels to one, their plain mean. Default true.</summary>
    public bool Mono { get; init; } = true;

    /// <summary>Where to begin, from the first sample. Default zero.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>Most that is decoded, above zero; null (default) for all there is.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>How the rate is changed. Default: torchaudio's default.</summary>
    public ResamplerSettings Resampler { get; init; } = new();

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Require()
    {
        if (SampleRate is < 1 or > 768_000)
            throw new ArgumentException($"a sample rate of {SampleRate} was asked for; it lies between 1 and 768000 Hz", nameof(SampleRate));
        if (Start < TimeSpan.Zero)
            throw new ArgumentException($"a start of {Start} was asked for; it is the time from the first sample, so not negative", nameof(Start));
        if (MaxDuration <= TimeSpan.Zero)
            throw new ArgumentException($"a duration of {MaxDuration} was asked for; it is above zero", nameof(MaxDuration));
    }
}
