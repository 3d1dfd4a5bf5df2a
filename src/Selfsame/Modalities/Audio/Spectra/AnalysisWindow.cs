namespace Selfsame.Modalities.Audio;

/// <summary>What the samples of a frame are multiplied by.</summary>
public enum WindowKind
{
    /// <summary>0.5 - 0.5 cos.</summary>
    Hann,

    /// <summary>0.54 - 0.46 cos.</summary>
    Hamming,

    /// <summary>Hann's to the power of 0.85; Kaldi's default.</summary>
    Povey,

    /// <summary>0.42 - 0.5 cos + 0.08 cos of twice the angle.</summary>
    Blackman,

    /// <summary>Ones.</summary>
    Rectangular,
}

/// <summary>Windows by formula.</summary>
public static class AnalysisWindow
{
    /// <summary>Makes a window.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="length">Samples, at least 1.</param>
    /// <param name="periodic">Periodic windows (torch) divide the turn by the length, symmetric ones (Kaldi) by the length - 1, so that both ends are alike.</param>
    public static float[] Make(WindowKind kind, int length, bool periodic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var window = new float[length];
        var turn = periodic ? length : Math.Max(1, length - 1);
        for (var n = 0; n < length; n++)
        {
            var angle = 2 * Math.PI * n / turn;
            window[n] = (float)(kind switch
            {
                WindowKind.Hann => 0.5 - 0.5 * Math.Cos(angle),
                WindowKind.Hamming => 0.54 - 0.46 * Math.Cos(angle),
                WindowKind.Povey => Math.Pow(0.5 - 0.5 * Math.Cos(angle), 0.85),
                WindowKind.Blackman => 0.42 - 0.5 * Math.Cos(angle) + 0.08 * Math.Cos(2 * angle),
                WindowKind.Rectangular => 1,
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "windows are Hann, Hamming, Povey, Blackman and Rectangular"),
            });
        }
        return window;
    }
}
