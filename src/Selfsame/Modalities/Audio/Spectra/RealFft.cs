using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Discrete Fourier transform of eight real sequences at once, and back. Immutable.</summary>
/// <remarks>An even length is done as a complex transform of half of it, even samples real and odd ones imaginary; an odd length as a complex one.</remarks>
internal sealed class RealFft
{
    private readonly ComplexFft _fft;
    private readonly bool _packed;
    private readonly float[] _roots;   // exp(-2 pi i k / length), (k, 2)

    public RealFft(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        (Length, Bins, _packed) = (length, length / 2 + 1, length % 2 == 0);
        _fft = new(_packed ? length / 2 : length);
        _roots = new float[2 * Bins];
        for (var k = 0; k < Bins; k++)
        {
            var (sine, cosine) = Math.SinCos(-2 * Math.PI * k / length);
            (_roots[2 * k], _roots[2 * k + 1]) = ((float)cosine, (float)sine);
        }
    }

    /// <summary>Samples of a frame.</summary>
    public int Length { get; }

    /// <summary>Frequencies from 0 to half the rate: length / 2 + 1.</summary>
    public int Bins { get; }

    /// <summary>Blocks of memory either direction works in.</summary>
    public int Work => 4 * _fft.Length;

    /// <summary>From samples to one-sided spectra, not scaled.</summary>
    /// <param name="samples">(length).</param>
    /// <param name="real">Receives (bins).</param>
    /// <param name="imaginary">Receives (bins).</param>
    /// <param name="work">Memory for <see cref="Work"/> blocks.</param>
    public void Forward(ReadOnlySpan<Vector256<float>> samples, Span<Vector256<float>> real, Span<Vector256<float>> imaginary, Span<Vector256<float>> work)
    {
        var n = _fft.Length;
        var re = work[..n];
        var im = work.Slice(n, n);
        if (!_packed)
        {
            samples.CopyTo(re);
            im.Clear();
            _fft.Transform(re, im, work[(2 * n)..]);
            re[..Bins].CopyTo(real);
            im[..Bins].CopyTo(imaginary);
            return;
        }
        samples = samples[..(2 * n)];
        for (var m = 0; m < n; m++)
            (re[m], im[m]) = (samples[2 * m], samples[2 * m + 1]);
        _fft.Transform(re, im, work[(2 * n)..]);
        var half = Vector256.Create(0.5f);
        for (var k = 0; k <= n; k++)
        {
            var (a, b) = (k == n ? 0 : k, k == 0 ? 0 : n - k);
            var (evenRe, evenIm) = ((re[a] + re[b]) * half, (im[a] - im[b]) * half);
            var (oddRe, oddIm) = ((im[a] + im[b]) * half, (re[b] - re[a]) * half);
            var (c, s) = (Vector256.Create(_roots[2 * k]), Vector256.Create(_roots[2 * k + 1]));
            (real[k], imaginary[k]) = (evenRe + (oddRe * c - oddIm * s), evenIm + (oddRe * s + oddIm * c));
        }
    }

    /// <summary>From one-sided spectra to samples, scaled by 1 / length. The imaginary parts of bin 0 and, for an even length, of the last bin do not count.</summary>
    /// <param name="real">(bins).</param>
    /// <param name="imaginary">(bins).</param>
    /// <param name="samples">Receives (length).</param>
    /// <param name="work">Memory for <see cref="Work"/> blocks.</param>
    public void Inverse(ReadOnlySpan<Vector256<float>> real, ReadOnlySpan<Vector256<float>> imaginary, Span<Vector256<float>> samples, Span<Vector256<float>> work)
    {
        var n = _fft.Length;
        var re = work[..n];
        var im = work.Slice(n, n);
        var scale = Vector256.Create(1f / n);
        if (!_packed)
        {
            for (var k = 0; k < n; k++)
                (re[k], im[k]) = k == 0 ? (real[0], Vector256<float>.Zero) : k < Bins ? (real[k], imaginary[k]) : (real[n - k], -imaginary[n - k]);
            _fft.Transform(im, re, work[(2 * n)..]);
            for (var t = 0; t < n; t++)
                samples[t] = re[t] * scale;
            return;
        }
        var half = Vector256.Create(0.5f);
        for (var k = 0; k < n; k++)
        {
            var b = n - k;
            var (aIm, bIm) = k == 0 ? (Vector256<float>.Zero, Vector256<float>.Zero) : (imaginary[k], imaginary[b]);
            var (evenRe, evenIm) = ((real[k] + real[b]) * half, (aIm - bIm) * half);
            var (difRe, difIm) = ((real[k] - real[b]) * half, (aIm + bIm) * half);
            var (c, s) = (Vector256.Create(_roots[2 * k]), Vector256.Create(-_roots[2 * k + 1]));
            var (oddRe, oddIm) = (difRe * c - difIm * s, difRe * s + difIm * c);
            (re[k], im[k]) = (evenRe - oddIm, evenIm + oddRe);
        }
        _fft.Transform(im, re, work[(2 * n)..]);
        for (var m = 0; m < n; m++)
            (samples[2 * m], samples[2 * m + 1]) = (re[m] * scale, im[m] * scale);
    }
}
