using Selfsame.Modalities.Audio;

namespace Selfsame.Tests.Modalities.Audio;

/// <summary>Sounds made by formula.</summary>
internal static class TestSounds
{
    /// <summary>A sine of half the full scale.</summary>
    public static float[] Sine(double frequency, int sampleRate, double seconds, double amplitude = 0.5)
    {
        var samples = new float[(int)Math.Round(seconds * sampleRate)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(amplitude * Math.Sin(2 * Math.PI * frequency * i / sampleRate));
        return samples;
    }

    /// <summary>Noise, uniform within half the full scale.</summary>
    public static float[] Noise(int length, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new float[length];
        for (var i = 0; i < length; i++)
            samples[i] = random.NextSingle() - 0.5f;
        return samples;
    }

    public static byte[] Wav(float[] samples, int sampleRate, int channels = 1, WavFormat format = WavFormat.Float32) =>
        WavFile.Encode(samples, channels, sampleRate, format);

    public static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        var worst = 0f;
        for (var i = 0; i < a.Length; i++)
            worst = Math.Max(worst, Math.Abs(a[i] - b[i]));
        return worst;
    }
}
