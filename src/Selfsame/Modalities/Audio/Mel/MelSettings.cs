using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>A mel spectrogram as torchaudio's and librosa's. The defaults are torchaudio's at 16 kHz.</summary>
public sealed record MelSettings : ICheckable
{
    /// <summary>Samples a second. Default 16,000.</summary>
    [Limits(1, 768_000, "the samples a second"), Unit("Hz")]
    public int SampleRate { get; init; } = 16000;

    /// <summary>The spectrogram underneath.</summary>
    public SpectrogramSettings Spectrogram { get; init; } = new();

    /// <summary>Filters. Default 80.</summary>
    [Limits(1, 4096, "the number of mel filters")]
    public int Bins { get; init; } = 80;

    /// <summary>Lower edge of the first filter. Default 0.</summary>
    [Unit("Hz")]
    public double LowFrequency { get; init; }

    /// <summary>Upper edge of the last filter; null for half the rate.</summary>
    [Unit("Hz")]
    public double? HighFrequency { get; init; }

    /// <summary>How hertz become mel. Default HTK's formula.</summary>
    public MelScaleKind Scale { get; init; } = MelScaleKind.Htk;

    /// <summary>All filters have the same area rather than the same peak. Default false.</summary>
    public bool UnitArea { get; init; }

    internal double UpperEdge => HighFrequency ?? SampleRate / 2;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (!(LowFrequency >= 0 && LowFrequency < UpperEdge && UpperEdge <= SampleRate / 2.0))
            yield return new("low_frequency", $"is {LowFrequency} and high_frequency {UpperEdge}; they lie in this order between 0 and {SampleRate / 2.0}, half the sample rate");
        foreach (var problem in Spectrogram.Check())
            yield return problem;
    }
}
