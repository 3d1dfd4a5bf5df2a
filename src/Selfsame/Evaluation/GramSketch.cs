using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The leading eigenvectors of X^T X, found by random projection: a cheap picture of how badly scaled a linear problem is.</summary>
/// <remarks>
/// Used to precondition: the Hessian of softmax regression is close to a X^T X + I for a scalar a, whose inverse is
/// base I + Q (1 / (a lambda + 1) - base) Q^T, base = 1 / (a tail + 1). Frangella, Tropp and Udell 2021, https://arxiv.org/abs/2110.02820;
/// subspace iteration after Halko, Martinsson and Tropp 2009, https://arxiv.org/abs/0909.4061.
/// </remarks>
internal sealed class GramSketch : IDisposable
{
    private const int Passes = 2;

    private readonly Tensor _vectors;
    private readonly double[] _values;
    private readonly double _tail;

    private GramSketch(Tensor vectors, double[] values, double tail) => (_vectors, _values, _tail) = (vectors, values, tail);

    /// <summary>The leading eigenvectors as columns, the largest eigenvalue last: (D, rank).</summary>
    internal Tensor Vectors => _vectors;

    /// <param name="scaledND">(N, D), float32 or float64, columns of mean 0.</param>
    /// <param name="rank">Eigenvectors wanted; fewer when D is smaller.</param>
    /// <param name="seed">Seed of the random projection.</param>
    internal static GramSketch Of(Tensor scaledND, int rank, ulong seed)
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(seed);
        var width = scaledND.Size(1);
        var size = Math.Min(rank, width);
        var transposed = scaledND.T();
        var basis = Ops.Empty([width, size]).NormalInPlace(generator: generator).To(scaledND.Device, scaledND.DType).Qr().Q;
        for (var pass = 0; pass < Passes; pass++)
            basis = transposed.Matmul(scaledND.Matmul(basis)).Qr().Q;

        var imageNR = scaledND.Matmul(basis);
        var (values, vectors) = imageNR.T().Matmul(imageNR).To(DType.Float64).Eigh();
        var rotated = Scope.Release(basis.Matmul(vectors.To(scaledND.DType)).Contiguous());
        var eigenvalues = values.ToArray<double>();
        var total = scaledND.VectorNorm(2, dtype: DType.Float64).Square().Item();
        var tail = width > size ? Math.Max(0, total - eigenvalues.Sum()) / (width - size) : 0;
        return new(rotated, eigenvalues, tail);
    }

    /// <summary>Approximates gradient (a X^T X + I)^-1 for each row of a gradient.</summary>
    /// <param name="gradientKD">(K, D).</param>
    /// <param name="curvature">a.</param>
    internal Tensor Divide(Tensor gradientKD, double curvature)
    {
        var rest = 1 / ((curvature * _tail) + 1);
        var factors = new double[_values.Length];
        for (var k = 0; k < factors.Length; k++)
            factors[k] = (1 / ((curvature * Math.Max(0, _values[k])) + 1)) - rest;
        var scale = Tensor.From<double>(factors).To(gradientKD.Device, gradientKD.DType);
        return (gradientKD * rest) + (gradientKD.Matmul(_vectors) * scale).Matmul(_vectors.T());
    }

    public void Dispose() => _vectors.Dispose();
}
