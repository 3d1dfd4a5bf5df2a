using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Scores that are linear in the features: scores = x W^T + b, optionally of scaled features.</summary>
public sealed class LinearModel
{
    private readonly double[] _weights;
    private readonly double[] _bias;

    internal LinearModel(double[] weights, double[] bias, FeatureScaler? scaler) => (_weights, _bias, Scaler) = (weights, bias, scaler);

    /// <summary>W, (outputs, D), row-major; for scaled features where there is a <see cref="Scaler"/>.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>b, one for each output.</summary>
    public ReadOnlySpan<double> Bias => _bias;

    /// <summary>Scaling that is applied first; null for none.</summary>
    public FeatureScaler? Scaler { get; }

    /// <summary>Number of outputs: classes or regression targets.</summary>
    public int Outputs => _bias.Length;

    /// <summary>Number of features, D.</summary>
    public int Width => _weights.Length / _bias.Length;

    /// <summary>Computes scores in double precision, a bounded piece of rows at a time.</summary>
    /// <param name="features">(N, D).</param>
    /// <returns>(N, outputs), row-major.</returns>
    /// <exception cref="ShapeException">D differs from that of the training features.</exception>
    public double[] Scores(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        if (features.Size(1) != Width)
            throw new ShapeException($"features are {features}; the model was fitted on {Width} columns.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var weights = Tensor.From<double>(_weights, [Outputs, Width]).To(features.Device, DType.Float64).T();
        var bias = Tensor.From<double>(_bias).To(features.Device, DType.Float64);
        var rows = features.Size(0);
        var scores = new double[rows * Outputs];
        var step = FeatureMatrix.RowsFor(Width);
        for (long start = 0; start < rows; start += step)
        {
            using var inner = Scope.Enter();
            var piece = features.Narrow(0, start, Math.Min(step, rows - start));
            var scaled = Scaler is null ? piece.To(DType.Float64) : Scaler.Apply(piece, DType.Float64);
            bias.Addmm(scaled, weights).ToArray<double>().CopyTo(scores, start * Outputs);
        }

        return scores;
    }

    /// <summary>Softmax of <see cref="Scores"/>.</summary>
    /// <param name="features">(N, D).</param>
    /// <returns>(N, outputs), row-major; rows sum to 1.</returns>
    public double[] Probabilities(Tensor features)
    {
        var scores = Scores(features);
        for (var start = 0; start < scores.Length; start += Outputs)
        {
            var row = scores.AsSpan(start, Outputs);
            var largest = row[Metrics.ArgMax(row)];
            var sum = 0.0;
            foreach (ref var score in row)
                sum += score = Math.Exp(score - largest);
            foreach (ref var score in row)
                score /= sum;
        }

        return scores;
    }
}
