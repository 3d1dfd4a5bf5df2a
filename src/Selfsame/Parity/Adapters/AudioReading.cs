using System.Text.Json;
using Selfsame.Modalities.Audio;

namespace Selfsame.Parity.Adapters;

/// <summary>Settings and channels of recorded sounds.</summary>
internal static class AudioReading
{
    /// <summary>A key that may be absent or null.</summary>
    public static double? Optional(this JsonElement config, string key) =>
        config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>A word that may be absent or null.</summary>
    public static string? Word(this JsonElement config, string key) =>
        config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The transform of a configuration.</summary>
    public static SpectrogramSettings Spectrogram(this JsonElement config) => new()
    {
        FftSize = config.Whole("n_fft"),
        WindowLength = (int?)config.Optional("win_length"),
        Hop = (int)(config.Optional("hop_length") ?? config.Number("hop")),
        Window = config.Word("window") switch
        {
            null or "hann" => WindowKind.Hann,
            "hamming" => WindowKind.Hamming,
            "blackman" => WindowKind.Blackman,
            "rectangular" or "ones" or "boxcar" => WindowKind.Rectangular,
            var other => throw new InvalidDataException($"'window' in the configuration is '{other}', expected hann, hamming, blackman or ones"),
        },
        Pad = (int)(config.Optional("pad") ?? 0),
        Center = config.Flag("center", otherwise: true),
        Normalized = config.Flag("normalized"),
        PadMode = config.Word("pad_mode") switch
        {
            null or "reflect" => EdgePadding.Reflect,
            "constant" => EdgePadding.Constant,
            "replicate" => EdgePadding.Replicate,
            var other => throw new InvalidDataException($"'pad_mode' in the configuration is '{other}', expected reflect, constant or replicate"),
        },
        Power = config.Optional("power") ?? 2,
    };

    /// <summary>What a function makes of every channel of a recorded sound, one after the other.</summary>
    /// <param name="c">The case.</param>
    /// <param name="name">A tensor (channels, length).</param>
    /// <param name="length">Numbers that become of a channel.</param>
    /// <param name="apply">From a channel to those numbers.</param>
    public static float[] Channels(this ParityCase c, string name, int length, Action<ReadOnlyMemory<float>, Memory<float>> apply)
    {
        var samples = c.Floats(name);
        var size = (int)c.Shape(name)[^1];
        var output = new float[samples.Length / size * length];
        for (var channel = 0; channel < samples.Length / size; channel++)
            apply(samples.AsMemory(channel * size, size), output.AsMemory(channel * length, length));
        return output;
    }

    /// <summary>Real and imaginary parts of a tensor whose last axis holds both.</summary>
    public static (float[] Real, float[] Imaginary) Parts(this ParityCase c, string name)
    {
        var both = c.Floats(name);
        var (real, imaginary) = (new float[both.Length / 2], new float[both.Length / 2]);
        for (var i = 0; i < real.Length; i++)
            (real[i], imaginary[i]) = (both[2 * i], both[2 * i + 1]);
        return (real, imaginary);
    }
}
