using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>What lies before and behind a sound whose frames are centred.</summary>
public enum EdgePadding
{
    /// <summary>The sound mirrored at its first and last sample, which are not repeated.</summary>
    Reflect,

    /// <summary>Zeros.</summary>
    Constant,

    /// <summary>The first and last sample over and over.</summary>
    Replicate,
}

/// <summary>A short-time Fourier transform. The defaults are 25 ms every 10 ms at 16 kHz.</summary>
public sealed record SpectrogramSettings : ICheckable
{
    /// <summary>Samples that are transformed, at least 2. Default 400.</summary>
    [Limits(2, 1 << 20, "the samples of a transform"), Unit("samples")]
    public int FftSize { get; init; } = 400;

    /// <summary>Samples of the window, at most <see cref="FftSize"/>, in the middle of which it lies; null for all of them.</summary>
    [Unit("samples")]
    public int? WindowLength { get; init; }

    /// <summary>Samples from one frame to the next, at least 1. Default 160.</summary>
    [Limits(1, 1 << 20, "the samples between two frames"), Unit("samples")]
    public int Hop { get; init; } = 160;

    /// <summary>The window, periodic. Default Hann.</summary>
    public WindowKind Window { get; init; } = WindowKind.Hann;

    /// <summary>Zeros put before and behind the sound. Default 0.</summary>
    [Unit("samples")]
    public int Pad { get; init; }

    /// <summary>Frame f has its middle at sample f * hop, for which half a transform is put before and behind. Default true.</summary>
    public bool Center { get; init; } = true;

    /// <summary>What is put there. Default reflect.</summary>
    public EdgePadding PadMode { get; init; } = EdgePadding.Reflect;

    /// <summary>Divide by the root of the window's energy. Default false.</summary>
    public bool Normalized { get; init; }

    /// <summary>Power of the magnitude in a spectrogram: 2 for energy, 1 for magnitude. Default 2.</summary>
    [Limits(0, 16, "the power of the magnitude", AboveMin = true)]
    public double Power { get; init; } = 2;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (WindowLength is { } window && (window < 1 || window > FftSize))
            yield return new("window_length", $"is {window} and fft_size {FftSize}; the window lies inside the transform");
        if (Pad < 0)
            yield return new("pad", $"is {Pad}; it is a number of zeros, so not negative");
    }
}
