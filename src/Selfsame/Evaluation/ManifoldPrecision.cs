using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How generated samples cover the real ones, for one neighbourhood size.</summary>
/// <param name="K">Neighbours that span a ball.</param>
/// <param name="Precision">Share of fakes within the ball of at least one real sample: quality.</param>
/// <param name="Recall">Share of reals within the ball of at least one fake: variety.</param>
/// <param name="Density">Mean number of real balls that hold a fake, over K; may exceed 1.</param>
/// <param name="Coverage">Share of reals whose ball holds a fake.</param>
public sealed record ManifoldScore(int K, double Precision, double Recall, double Density, double Coverage);

/// <summary>k-nearest-neighbour precision, recall, density, coverage and realism of generated samples (<c>manifold/knn-1</c>). Euclidean, float64.</summary>
/// <remarks>
/// A sample's ball reaches to its k-th nearest other sample of its own set. Precision, recall and realism: Kynkäänniemi et al. 2019,
/// https://arxiv.org/abs/1904.06991 (on the border counts as inside; realism over all balls, none left out). Density and coverage: Naeem et al. 2020,
/// https://arxiv.org/abs/2002.09797 (strictly inside). Time grows with the product of the set sizes, memory with their sum.
/// </remarks>
public sealed class ManifoldPrecision
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "manifold/knn-1";

    private const double SmallestDistance = 1e-5;

    private readonly int[] _ks;
    private readonly double[][] _realRadii;   // by k, then by sample

    private ManifoldPrecision(int[] ks, double[][] realRadii, ManifoldScore[] scores, double[] realism) =>
        (_ks, _realRadii, Scores, Realism) = (ks, realRadii, scores, realism);

    /// <summary>One score for each neighbourhood size, in the order asked.</summary>
    public IReadOnlyList<ManifoldScore> Scores { get; }

    /// <summary>For each fake, the largest over reals of radius / (distance + 1e-5), with the first neighbourhood size; at least about 1 within the real manifold.</summary>
    public IReadOnlyList<double> Realism { get; }

    /// <summary>Radius of each real sample's ball.</summary>
    /// <param name="k">One of the neighbourhood sizes.</param>
    public IReadOnlyList<double> RealRadii(int k) => _realRadii[Array.IndexOf(_ks, k)];

    /// <summary>Compares two sets.</summary>
    /// <param name="real">(N, D), any floating-point type.</param>
    /// <param name="fake">(M, D).</param>
    /// <param name="ks">Neighbourhood sizes, each at least 1 and below the size of the smaller set.</param>
    /// <param name="cancellation">Stops between pieces of rows.</param>
    /// <exception cref="ShapeException">The widths differ.</exception>
    /// <exception cref="ArgumentException">A neighbourhood size is out of range.</exception>
    public static ManifoldPrecision Evaluate(Tensor real, Tensor fake, ReadOnlySpan<int> ks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        FeatureMatrix.Require(real, nameof(real));
        FeatureMatrix.Require(fake, nameof(fake));
        if (real.Size(1) != fake.Size(1))
            throw new ShapeException($"features are {real} and {fake}; both sets must come from the same network.");
        var smaller = Math.Min(real.Size(0), fake.Size(0));
        foreach (var k in ks)
        {
            if (k < 1 || k >= smaller)
                throw new ArgumentException($"a neighbourhood of {k} does not fit; the smaller set has {smaller} samples, so it must be from 1 to {smaller - 1}");
        }

        int[] sizes = ks.IsEmpty ? throw new ArgumentException("no neighbourhood size; give at least one, such as 3") : [.. ks];
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var (reals, fakes) = (real.To(Device.Cpu, DType.Float64), fake.To(Device.Cpu, DType.Float64));
        var realRadii = Radii(reals, sizes, cancellation);
        var fakeRadii = Radii(fakes, sizes, cancellation);
        return Count(reals, fakes, sizes, realRadii, fakeRadii, cancellation);
    }

    private static ManifoldPrecision Count(Tensor reals, Tensor fakes, int[] sizes, double[][] realRadii, double[][] fakeRadii, CancellationToken cancellation)
    {
        var (n, m) = ((int)reals.Size(0), (int)fakes.Size(0));
        var (inReal, balls, recalled, covered) = (new long[sizes.Length], new long[sizes.Length], new bool[sizes.Length][], new bool[sizes.Length][]);
        for (var k = 0; k < sizes.Length; k++)
            (recalled[k], covered[k]) = (new bool[n], new bool[n]);
        var realism = new double[m];
        Visit(fakes, reals, (row, distances) =>
        {
            for (var k = 0; k < sizes.Length; k++)
            {
                var hit = false;
                for (var j = 0; j < distances.Length; j++)
                {
                    hit |= distances[j] <= realRadii[k][j];
                    if (distances[j] < realRadii[k][j])
                    {
                        balls[k]++;
                        covered[k][j] = true;
                    }

                    recalled[k][j] |= distances[j] <= fakeRadii[k][row];
                }

                inReal[k] += hit ? 1 : 0;
            }

            for (var j = 0; j < distances.Length; j++)
                realism[row] = Math.Max(realism[row], realRadii[0][j] / (distances[j] + SmallestDistance));
        }, cancellation);

        var scores = new ManifoldScore[sizes.Length];
        for (var k = 0; k < scores.Length; k++)
            scores[k] = new(sizes[k], (double)inReal[k] / m, Share(recalled[k]), (double)balls[k] / m / sizes[k], Share(covered[k]));
        return new(sizes, realRadii, scores, realism);
    }

    private static double[][] Radii(Tensor points, int[] sizes, CancellationToken cancellation)
    {
        var radii = Array.ConvertAll(sizes, _ => new double[points.Size(0)]);
        var sorted = new double[points.Size(0)];
        Visit(points, points, (row, distances) =>
        {
            distances.CopyTo(sorted);
            sorted[row] = double.NegativeInfinity;   // the sample itself is first, whatever equals it
            Array.Sort(sorted);
            for (var k = 0; k < sizes.Length; k++)
                radii[k][row] = sorted[sizes[k]];
        }, cancellation);
        return radii;
    }

    private static void Visit(Tensor rows, Tensor columns, DistanceVisitor visit, CancellationToken cancellation)
    {
        var (count, width) = (rows.Size(0), (int)columns.Size(0));
        var step = FeatureMatrix.RowsFor(2L * width);
        for (long start = 0; start < count; start += step)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = Scope.Enter();
            var piece = Ops.Cdist(rows.Narrow(0, start, Math.Min(step, count - start)), columns, 2.0, Distances.Direct).Span<double>();
            for (var row = 0; row < piece.Length / width; row++)
                visit((int)start + row, piece.Slice(row * width, width));
        }
    }

    private static double Share(bool[] marks) => (double)marks.Count(mark => mark) / marks.Length;

    private delegate void DistanceVisitor(int row, ReadOnlySpan<double> distances);
}
