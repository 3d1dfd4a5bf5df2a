namespace Selfsame.Modalities.Audio;

/// <summary>Samples as a few codes, finer near zero (ITU-T G.711's curve, any number of codes).</summary>
public static class MuLaw
{
    /// <summary>Codes of samples: y = sign(x) ln(1 + mu |x|) / ln(1 + mu), code = (y + 1) / 2 * mu + 0.5 without its fraction, mu = codes - 1.</summary>
    /// <param name="samples">-1 to 1.</param>
    /// <param name="codes">How many codes there are, at least 2.</param>
    /// <param name="output">Receives as many codes, 0 .. codes - 1.</param>
    public static void Encode(ReadOnlySpan<float> samples, int codes, Span<long> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codes, 2);
        var mu = (float)(codes - 1);
        var whole = (float)Math.Log(1.0 + mu);
        for (var i = 0; i < samples.Length; i++)
        {
            var bent = MathF.Sign(samples[i]) * (float)Math.Log(1.0 + mu * MathF.Abs(samples[i])) / whole;
            output[i] = (long)((bent + 1) / 2 * mu + 0.5f);
        }
    }

    /// <summary>Samples of codes.</summary>
    /// <param name="input">0 .. codes - 1.</param>
    /// <param name="codes">How many codes there are, at least 2.</param>
    /// <param name="samples">Receives as many samples, -1 to 1.</param>
    public static void Decode(ReadOnlySpan<long> input, int codes, Span<float> samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codes, 2);
        var mu = (double)(codes - 1);
        for (var i = 0; i < input.Length; i++)
        {
            var bent = input[i] / mu * 2 - 1;
            samples[i] = (float)(Math.Sign(bent) * (Math.Exp(Math.Abs(bent) * Math.Log(1 + mu)) - 1) / mu);
        }
    }
}
