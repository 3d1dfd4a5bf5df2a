using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>A filter bank as Kaldi computes it, without dither. The defaults are Audio-MAE's and AST's.</summary>
public sealed record KaldiSettings : ICheckable
{
    /// <summary>Samples a second. Default 16,000.</summary>
    [Limits(1, 768_000, "the samples a second"), Unit("Hz")]
    public int SampleRate { get; init; } = 16000;

    /// <summary>Length of a frame. Default 25.</summary>
    [Limits(0, 10_000, "the length of a frame", AboveMin = true), Unit("milliseconds")]
    public double FrameLength { get; init; } = 25;

    /// <summary>From the begin of one frame to that of the next. Default 10.</summary>
    [Limits(0, 10_000, "the time between two frames", AboveMin = true), Unit("milliseconds")]
    public double FrameShift { get; init; } = 10;

    /// <summary>Filters. Default 128.</summary>
    [Limits(1, 4096, "the number of mel filters")]
    public int Bins { get; init; } = 128;

    /// <summary>Lower edge of the first filter. Default 20.</summary>
    [Unit("Hz")]
    public double LowFrequency { get; init; } = 20;

    /// <summary>Upper edge of the last filter; 0 (default) or below is counted from half the rate.</summary>
    [Unit("Hz")]
    public double HighFrequency { get; init; }

    /// <summary>Share of the sample before that is subtracted from each. Default 0.97.</summary>
    [Limits(0, 1, "the share of the sample before that is subtracted")]
    public double PreEmphasis { get; init; } = 0.97;

    /// <summary>Subtract each frame's mean. Default true.</summary>
    public bool RemoveMean { get; init; } = true;

    /// <summary>The window, symmetric. Default Hann; Kaldi's own default is Povey.</summary>
    public WindowKind Window { get; init; } = WindowKind.Hann;

    internal int FrameSamples => (int)(SampleRate * FrameLength * 0.001);

    internal int ShiftSamples => (int)(SampleRate * FrameShift * 0.001);

    internal double UpperEdge => HighFrequency > 0 ? HighFrequency : SampleRate / 2.0 + HighFrequency;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (FrameSamples < 2 || ShiftSamples < 1)
            yield return new("frame_length", $"is {FrameLength} and frame_shift {FrameShift} ms, which at {SampleRate} Hz are {FrameSamples} and {ShiftSamples} samples; at least 2 and 1 are needed");
        if (!(LowFrequency >= 0 && LowFrequency < UpperEdge && UpperEdge <= SampleRate / 2.0))
            yield return new("low_frequency", $"is {LowFrequency} and the upper edge {UpperEdge}; they lie in this order between 0 and {SampleRate / 2.0}, half the sample rate");
    }
}
