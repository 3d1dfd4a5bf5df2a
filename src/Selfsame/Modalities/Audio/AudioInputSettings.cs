using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>How a sound becomes numbers.</summary>
public sealed record AudioInputSettings
{
    /// <summary>Samples a second; other rates are resampled, and all channels mixed to one. Default 16,000.</summary>
    [Limits(1, 768_000, "the number of samples in a second"), Unit("Hz")]
    public int SampleRate { get; init; } = 16000;

    /// <summary>Longest stretch of a sound, above 0. Of a longer one training takes a stretch from anywhere in it, another one each epoch; evaluation takes its start. Default 5.</summary>
    [Limits(0, 3600, "the longest stretch of a sound", AboveMin = true), Unit("seconds")]
    public double Seconds { get; init; } = 5;

    /// <summary>Shift and scale each stretch of a waveform to mean 0 and variance 1, as wav2vec 2.0 does. Default true.</summary>
    public bool Normalize { get; init; } = true;
}
