using Selfsame.Randomness;
using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>What happens to a sound, drawn. What can't or must happen is not drawn.</summary>
internal static class SoundDraws
{
    /// <summary>Factor on all samples; draws <c>gain</c> and <c>gain.decibels</c>.</summary>
    public static float Gain(GainSettings? settings, IDraws draws) => settings is not null && Chance(draws, "gain", settings.Probability)
        ? (float)Math.Pow(10, Within(settings.Range, draws.Uniform("gain.decibels")) / 20)
        : 1;

    /// <summary>Share of the other sound, null for none; draws <c>mix</c> and <c>mix.share</c>.</summary>
    public static double? MixShare(MixUpSettings? settings, IDraws draws) =>
        settings is not null && Chance(draws, "mix", settings.Probability) ? Within(settings.Share, draws.Uniform("mix.share")) : null;

    /// <summary>Ratio of sound to noise in decibels, null for no noise; draws <c>noise</c> and <c>noise.ratio</c>.</summary>
    public static double? NoiseRatio(NoiseSettings? settings, IDraws draws) =>
        settings is not null && Chance(draws, "noise", settings.Probability) ? Within(settings.Ratio, draws.Uniform("noise.ratio")) : null;

    /// <summary>Whether something happens.</summary>
    public static bool Chance(IDraws draws, string name, double probability) => probability > 0 && (probability >= 1 || draws.Coin(name, probability));

    private static double Within(EquatableList<double> range, double uniform) => range[0] + (uniform * (range[1] - range[0]));
}
