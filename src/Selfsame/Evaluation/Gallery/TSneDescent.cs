using System.Numerics;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Moves points on a plane so that near pairs come near: exact t-SNE, all pairs in every iteration.</summary>
/// <remarks>
/// van der Maaten and Hinton 2008, JMLR 9, equations 4 and 5, with gains per coordinate (added 0.2 where the direction turns, else times 0.8).
/// Every row's sums are formed by themselves and added in order, so the result does not depend on how many threads there are.
/// </remarks>
public sealed class TSneDescent
{
    private const double SmallestGain = 0.01;

    private readonly int _count;
    private readonly double[] _joint, _x, _y, _gradient, _update, _gains, _attraction, _repulsion, _weights;
    private readonly Action<int> _row;
    private double _exaggeration;

    /// <summary>Starts a descent.</summary>
    /// <param name="joint">(N, N) joint probabilities, see <see cref="TSneAffinities.Joint"/>.</param>
    /// <param name="start">(N, 2) first places.</param>
    public TSneDescent(double[] joint, ReadOnlySpan<double> start)
    {
        ArgumentNullException.ThrowIfNull(joint);
        _count = start.Length / 2;
        if (joint.Length != (long)_count * _count)
            throw new ArgumentException($"{joint.Length} probabilities do not fit {_count} points", nameof(joint));
        _joint = joint;
        (_x, _y, _weights) = (new double[_count], new double[_count], new double[_count]);
        (_gradient, _update, _gains, _attraction, _repulsion) = (new double[2 * _count], new double[2 * _count], new double[2 * _count], new double[2 * _count], new double[2 * _count]);
        Array.Fill(_gains, 1);
        for (var i = 0; i < _count; i++)
            (_x[i], _y[i]) = (start[2 * i], start[(2 * i) + 1]);
        _row = Row;
    }

    /// <summary>The places, (N, 2).</summary>
    public double[] Embedding()
    {
        var places = new double[2 * _count];
        for (var i = 0; i < _count; i++)
            (places[2 * i], places[(2 * i) + 1]) = (_x[i], _y[i]);
        return places;
    }

    /// <summary>4 Σ_j (e p_ij − q_ij) (1 + ‖y_i − y_j‖²)⁻¹ (y_i − y_j).</summary>
    /// <param name="exaggeration">e, by which the probabilities are multiplied.</param>
    /// <returns>(N, 2), valid until the next call.</returns>
    public ReadOnlySpan<double> Gradient(double exaggeration = 1)
    {
        _exaggeration = exaggeration;
        Parallel.For(0, _count, _row);
        var total = 0.0;
        foreach (var weight in _weights)
            total += weight;
        var scale = 1 / Math.Max(total, TSneAffinities.Floor);
        for (var k = 0; k < _gradient.Length; k++)
            _gradient[k] = 4 * (_attraction[k] - (scale * _repulsion[k]));
        return _gradient;
    }

    /// <summary>Kullback-Leibler divergence: Σ over ordered pairs of e p ln(e p / q), in nats.</summary>
    /// <param name="exaggeration">e, by which the probabilities are multiplied.</param>
    public double Divergence(double exaggeration = 1)
    {
        Gradient(exaggeration);
        var total = Math.Max(_weights.Sum(), TSneAffinities.Floor);
        var divergence = 0.0;
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j < _count; j++)
            {
                if (i == j)
                    continue;
                var p = exaggeration * _joint[(i * _count) + j];
                var q = Math.Max(Nearness(i, j) / total, TSneAffinities.Floor);
                divergence += p * Math.Log(p / q);
            }
        }

        return divergence;
    }

    /// <summary>One iteration.</summary>
    /// <param name="rate">Learning rate, above 0.</param>
    /// <param name="momentum">Share of the last update that is kept.</param>
    /// <param name="exaggeration">By which the probabilities are multiplied.</param>
    public void Step(double rate, double momentum, double exaggeration)
    {
        Gradient(exaggeration);
        for (var k = 0; k < _update.Length; k++)
        {
            _gains[k] = Math.Max(SmallestGain, _update[k] * _gradient[k] < 0 ? _gains[k] + 0.2 : _gains[k] * 0.8);
            _update[k] = (momentum * _update[k]) - (rate * _gains[k] * _gradient[k]);
        }

        for (var i = 0; i < _count; i++)
        {
            _x[i] += _update[2 * i];
            _y[i] += _update[(2 * i) + 1];
        }
    }

    private double Nearness(int i, int j)
    {
        var (dx, dy) = (_x[i] - _x[j], _y[i] - _y[j]);
        return 1 / (1 + (dx * dx) + (dy * dy));
    }

    // Sums over j of what row i needs; the pair (i, i) adds 1 to the weights, which is taken off again, and nothing to the rest.
    private void Row(int i)
    {
        var joint = _joint.AsSpan(i * _count, _count);
        var (xi, yi) = (_x[i], _y[i]);
        Vector<double> vx = new(xi), vy = new(yi), ax = default, ay = default, rx = default, ry = default, sum = default;
        var j = 0;
        for (; j <= _count - Vector<double>.Count; j += Vector<double>.Count)
        {
            var (dx, dy) = (vx - new Vector<double>(_x, j), vy - new Vector<double>(_y, j));
            var w = Vector<double>.One / (Vector<double>.One + (dx * dx) + (dy * dy));
            var (pull, push) = (new Vector<double>(joint[j..]) * w, w * w);
            (ax, ay, rx, ry, sum) = (ax + (pull * dx), ay + (pull * dy), rx + (push * dx), ry + (push * dy), sum + w);
        }

        var (attractX, attractY, repelX, repelY, total) = (Vector.Sum(ax), Vector.Sum(ay), Vector.Sum(rx), Vector.Sum(ry), Vector.Sum(sum));
        for (; j < _count; j++)
        {
            var (dx, dy) = (xi - _x[j], yi - _y[j]);
            var w = 1 / (1 + (dx * dx) + (dy * dy));
            var (pull, push) = (joint[j] * w, w * w);
            (attractX, attractY, repelX, repelY, total) = (attractX + (pull * dx), attractY + (pull * dy), repelX + (push * dx), repelY + (push * dy), total + w);
        }

        (_attraction[2 * i], _attraction[(2 * i) + 1]) = (_exaggeration * attractX, _exaggeration * attractY);
        (_repulsion[2 * i], _repulsion[(2 * i) + 1]) = (repelX, repelY);
        _weights[i] = total - 1;
    }
}
