namespace Selfsame.Modalities.Audio;

/// <summary>How hertz become mel.</summary>
public enum MelScaleKind
{
    /// <summary>2595 log10(1 + f / 700).</summary>
    Htk,

    /// <summary>Linear below 1000 Hz (200 / 3 Hz a mel), logarithmic above (27 mel for a factor of 6.4); librosa's default.</summary>
    Slaney,

    /// <summary>1127 ln(1 + f / 700).</summary>
    Kaldi,
}

/// <summary>Hertz to mel and back.</summary>
public static class MelScale
{
    private const double Spacing = 200.0 / 3, Corner = 1000;
    private static readonly double s_logStep = Math.Log(6.4) / 27;

    /// <summary>Mel of a frequency in Hz.</summary>
    public static double ToMel(this MelScaleKind scale, double hertz) => scale switch
    {
        MelScaleKind.Htk => 2595 * Math.Log10(1 + hertz / 700),
        MelScaleKind.Kaldi => 1127 * Math.Log(1 + hertz / 700),
        MelScaleKind.Slaney => hertz < Corner ? hertz / Spacing : Corner / Spacing + Math.Log(hertz / Corner) / s_logStep,
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "scales are Htk, Slaney and Kaldi"),
    };

    /// <summary>Frequency in Hz of a mel.</summary>
    public static double ToHertz(this MelScaleKind scale, double mel) => scale switch
    {
        MelScaleKind.Htk => 700 * (Math.Pow(10, mel / 2595) - 1),
        MelScaleKind.Kaldi => 700 * (Math.Exp(mel / 1127) - 1),
        MelScaleKind.Slaney => mel < Corner / Spacing ? mel * Spacing : Corner * Math.Exp(s_logStep * (mel - Corner / Spacing)),
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "scales are Htk, Slaney and Kaldi"),
    };
}
