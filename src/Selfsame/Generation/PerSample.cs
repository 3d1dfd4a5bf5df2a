using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>Arithmetic with one factor for each sample of a batch; the factors are computed in double on the host.</summary>
internal static class PerSample
{
    /// <summary>a(t) · x + b(t) · y.</summary>
    internal static Tensor Blend(Tensor x, Tensor y, ReadOnlySpan<double> times, Func<double, (double X, double Y)> factors)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (times.Length == 1)
        {
            var (a, b) = factors(times[0]);
            return (x * a) + (y * b);
        }

        var (forX, forY) = (new double[times.Length], new double[times.Length]);
        for (var k = 0; k < times.Length; k++)
            (forX[k], forY[k]) = factors(times[k]);
        return (x * Column(forX, x)) + (y * Column(forY, y));
    }

    /// <summary>a(t) · x.</summary>
    internal static Tensor Scale(Tensor x, ReadOnlySpan<double> times, Func<double, double> factor)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (times.Length == 1)
            return x * factor(times[0]);
        var factors = new double[times.Length];
        for (var k = 0; k < times.Length; k++)
            factors[k] = factor(times[k]);
        return x * Column(factors, x);
    }

    private static Tensor Column(double[] values, Tensor like)
    {
        if (values.Length != like.Size(0))
            throw new ShapeException($"{values.Length} times were given for a batch of {like.Size(0)}; give one for each sample, or one for all.");
        var shape = new long[like.Dimensions];
        Array.Fill(shape, 1);
        shape[0] = values.Length;
        return Tensor.From<double>(values, shape).To(like.Device, like.DType);
    }
}
