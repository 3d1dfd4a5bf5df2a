using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Discrete Fourier transform of eight complex sequences at once (see <see cref="FrameLanes"/>), of any length; fast where its prime factors are small.</summary>
/// <remarks>
/// Stockham's self-sorting form, mixed radix: 4 and 2 by hand, other primes p by their p x p matrix. Forward, not scaled. Factors are computed in double precision. Immutable.
/// </remarks>
internal sealed unsafe class ComplexFft
{
    private readonly Stage[] _stages;

    // Radix p splits length p * m into m sequences; stride s is how many transforms are already interleaved.
    private sealed record Stage(int Radix, int Parts, int Stride, float[] Twiddles, float[] Matrix);

    public ComplexFft(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        var stages = new List<Stage>();
        for (var (rest, stride) = (length, 1); rest > 1;)
        {
            var radix = rest % 4 == 0 ? 4 : SmallestFactor(rest);
            stages.Add(new(radix, rest / radix, stride, Twiddles(rest, radix), Matrix(radix)));
            (rest, stride) = (rest / radix, stride * radix);
        }
        _stages = [.. stages];
    }

    /// <summary>Elements of a sequence.</summary>
    public int Length { get; }

    /// <summary>Transforms in place: X[k] = sum of x[t] exp(-2 pi i k t / length). Real and imaginary parts exchanged give the inverse, times the length.</summary>
    /// <param name="real">Real parts, (length).</param>
    /// <param name="imaginary">Imaginary parts, (length).</param>
    /// <param name="work">Memory for 2 * length blocks; its content is lost.</param>
    public void Transform(Span<Vector256<float>> real, Span<Vector256<float>> imaginary, Span<Vector256<float>> work)
    {
        real = real[..Length];
        imaginary = imaginary[..Length];
        work = work[..(2 * Length)];
        fixed (Vector256<float>* re = real, im = imaginary, other = work)
        {
            var (inRe, inIm, outRe, outIm) = ((nint)re, (nint)im, (nint)other, (nint)(other + Length));
            foreach (var stage in _stages)
            {
                Run(stage, (Vector256<float>*)inRe, (Vector256<float>*)inIm, (Vector256<float>*)outRe, (Vector256<float>*)outIm);
                (inRe, inIm, outRe, outIm) = (outRe, outIm, inRe, inIm);
            }
            if (inRe == (nint)re)
                return;
        }
        work[..Length].CopyTo(real);
        work[Length..].CopyTo(imaginary);
    }

    private static void Run(Stage stage, Vector256<float>* inRe, Vector256<float>* inIm, Vector256<float>* outRe, Vector256<float>* outIm)
    {
        var (radix, stride, step) = (stage.Radix, stage.Stride, stage.Stride * stage.Parts);
        fixed (float* twiddles = stage.Twiddles, matrix = stage.Matrix)
            for (var part = 0; part < stage.Parts; part++)
            {
                var (from, to) = (part * stride, part * stride * radix);
                var twiddle = twiddles + 2 * radix * part;
                switch (radix)
                {
                    case 2: Two(inRe + from, inIm + from, outRe + to, outIm + to, step, stride, twiddle); break;
                    case 4: Four(inRe + from, inIm + from, outRe + to, outIm + to, step, stride, twiddle); break;
                    default: Any(radix, inRe + from, inIm + from, outRe + to, outIm + to, step, stride, twiddle, matrix); break;
                }
            }
    }

    private static void Two(Vector256<float>* inRe, Vector256<float>* inIm, Vector256<float>* outRe, Vector256<float>* outIm, int step, int stride, float* twiddle)
    {
        var (c, s) = (Vector256.Create(twiddle[2]), Vector256.Create(twiddle[3]));
        for (var r = 0; r < stride; r++)
        {
            var (ar, ai, br, bi) = (inRe[r], inIm[r], inRe[r + step], inIm[r + step]);
            (outRe[r], outIm[r]) = (ar + br, ai + bi);
            var (dr, di) = (ar - br, ai - bi);
            (outRe[r + stride], outIm[r + stride]) = (dr * c - di * s, dr * s + di * c);
        }
    }

    private static void Four(Vector256<float>* inRe, Vector256<float>* inIm, Vector256<float>* outRe, Vector256<float>* outIm, int step, int stride, float* twiddle)
    {
        var (c1, s1) = (Vector256.Create(twiddle[2]), Vector256.Create(twiddle[3]));
        var (c2, s2) = (Vector256.Create(twiddle[4]), Vector256.Create(twiddle[5]));
        var (c3, s3) = (Vector256.Create(twiddle[6]), Vector256.Create(twiddle[7]));
        for (var r = 0; r < stride; r++)
        {
            var (ar, ai) = (inRe[r], inIm[r]);
            var (br, bi) = (inRe[r + step], inIm[r + step]);
            var (cr, ci) = (inRe[r + 2 * step], inIm[r + 2 * step]);
            var (dr, di) = (inRe[r + 3 * step], inIm[r + 3 * step]);
            var (sumR, sumI, difR, difI) = (ar + cr, ai + ci, ar - cr, ai - ci);
            var (oddR, oddI, rotR, rotI) = (br + dr, bi + di, br - dr, bi - di);
            (outRe[r], outIm[r]) = (sumR + oddR, sumI + oddI);
            var (xr, xi) = (difR + rotI, difI - rotR);
            (outRe[r + stride], outIm[r + stride]) = (xr * c1 - xi * s1, xr * s1 + xi * c1);
            (xr, xi) = (sumR - oddR, sumI - oddI);
            (outRe[r + 2 * stride], outIm[r + 2 * stride]) = (xr * c2 - xi * s2, xr * s2 + xi * c2);
            (xr, xi) = (difR - rotI, difI + rotR);
            (outRe[r + 3 * stride], outIm[r + 3 * stride]) = (xr * c3 - xi * s3, xr * s3 + xi * c3);
        }
    }

    private static void Any(int radix, Vector256<float>* inRe, Vector256<float>* inIm, Vector256<float>* outRe, Vector256<float>* outIm, int step, int stride, float* twiddle, float* matrix)
    {
        for (var k = 0; k < radix; k++)
        {
            var (c, s) = (Vector256.Create(twiddle[2 * k]), Vector256.Create(twiddle[2 * k + 1]));
            for (var r = 0; r < stride; r++)
            {
                var (sumR, sumI) = (inRe[r], inIm[r]);
                for (var j = 1; j < radix; j++)
                {
                    var at = 2 * (j * k % radix);
                    var (mr, mi) = (Vector256.Create(matrix[at]), Vector256.Create(matrix[at + 1]));
                    var (xr, xi) = (inRe[r + j * step], inIm[r + j * step]);
                    sumR += xr * mr - xi * mi;
                    sumI += xr * mi + xi * mr;
                }
                (outRe[r + k * stride], outIm[r + k * stride]) = (sumR * c - sumI * s, sumR * s + sumI * c);
            }
        }
    }

    private static int SmallestFactor(int number)
    {
        for (var factor = 2; factor * factor <= number; factor++)
            if (number % factor == 0)
                return factor;
        return number;
    }

    // exp(-2 pi i part k / length), (part, k, 2).
    private static float[] Twiddles(int length, int radix)
    {
        var factors = new float[2 * length];
        for (var part = 0; part < length / radix; part++)
            for (var k = 0; k < radix; k++)
                Root((long)part * k, length, factors.AsSpan(2 * (part * radix + k), 2));
        return factors;
    }

    // exp(-2 pi i n / radix), (n, 2).
    private static float[] Matrix(int radix)
    {
        var roots = new float[2 * radix];
        for (var n = 0; n < radix; n++)
            Root(n, radix, roots.AsSpan(2 * n, 2));
        return roots;
    }

    private static void Root(long numerator, int denominator, Span<float> root)
    {
        var (sine, cosine) = Math.SinCos(-2 * Math.PI * (numerator % denominator) / denominator);
        (root[0], root[1]) = ((float)cosine, (float)sine);
    }
}
