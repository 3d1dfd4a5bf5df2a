using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Minimises C sum_i crossentropy_i + 0.5 ||W||^2 over W and an unpenalised bias, for one C after another on the same data.</summary>
/// <remarks>
/// L-BFGS with a preconditioner from the data (<see cref="GramSketch"/>). Logits are linear in the step, so one product of the
/// features with the direction serves every trial of the line search: an iteration reads the features twice, once forward and
/// once for the gradient. Products run in the type of the features; logits, losses and derivatives along the line in double.
/// </remarks>
internal sealed class LogisticSolver : IDisposable
{
    // N rows, D features, K classes.
    private readonly Tensor _scaledND;
    private readonly Tensor _targetNK;
    private readonly Tensor _theta;      // (K, D + 1), the bias last
    private readonly Tensor _logitNK;
    private readonly GramSketch _sketch;
    private readonly LimitedMemory _memory;
    private readonly LogisticProbeSettings _settings;
    private readonly int _classes;
    private readonly long _width;
    private double _zeroGradient = -1;

    /// <param name="scaledND">(N, D), float32 or float64, columns of mean 0; owned by the caller, who keeps it until this is disposed.</param>
    /// <param name="labels">N classes.</param>
    /// <param name="classes">K.</param>
    /// <param name="settings">How to solve.</param>
    internal LogisticSolver(Tensor scaledND, ReadOnlySpan<long> labels, int classes, LogisticProbeSettings settings)
    {
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        (_scaledND, _classes, _settings, _width) = (scaledND, classes, settings, scaledND.Size(1));
        var device = scaledND.Device;
        _targetNK = Scope.Release(Tensor.From(labels).OneHot(classes).To(device, DType.Float64));
        _theta = Scope.Release(Ops.Zeros([classes, _width + 1], scaledND.DType, device));
        _logitNK = Scope.Release(Ops.Zeros([labels.Length, classes], DType.Float64, device));
        _sketch = GramSketch.Of(scaledND, settings.PreconditionerRank, settings.Seed);
        _memory = new LimitedMemory(settings.Memory, _theta);
    }

    /// <summary>Solves for one C, starting from where the last one ended.</summary>
    /// <param name="strength">C, positive.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <returns>Weights (K, D), biases (K) and what it took.</returns>
    internal (double[] Weights, double[] Bias, LogisticFit Fit) Solve(double strength, CancellationToken cancellation)
    {
        using var guard = GradMode.Off();
        _memory.Clear();
        using var outer = Scope.Enter();
        RefreshLogits();
        var curvature = strength * MeanVariance();
        var gradient = Scope.Release(Gradient(strength));
        var target = _settings.Tolerance * ZeroGradient(strength);
        var largest = gradient.Abs().Max().Item();
        var iteration = 0;
        while (largest > target && iteration < _settings.MaxIterations)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = Scope.Enter();
            var direction = _memory.Direction(gradient.Flatten(), vector => Precondition(vector, curvature)).View([_classes, _width + 1]);
            var stepNK = Forward(direction);
            if (LineSearch.Find(Along(stepNK, direction, 0, strength), length => Along(stepNK, direction, length, strength)) is not { } found)
            {
                // Rounding has the last word here, or old steps mislead: start afresh once, then accept.
                if (_memory.IsEmpty)
                    break;
                _memory.Clear();
                continue;
            }

            _theta.AddInPlace(direction, found.Length);
            _logitNK.AddInPlace(stepNK, found.Length);
            iteration++;
            if (iteration % 20 == 0)
                RefreshLogits();
            var next = Gradient(strength);
            _memory.Add((direction * found.Length).Flatten(), (next - gradient).Flatten());
            gradient.CopyFrom(next);
            largest = gradient.Abs().Max().Item();
        }

        gradient.Dispose();
        RefreshLogits();
        var objective = Objective(strength);
        var bias = _theta.Select(1, _width).ToArray<double>();
        return (Weights.ToArray<double>(), bias, new(strength, objective, iteration, largest / ZeroGradient(strength), largest <= target));
    }

    public void Dispose()
    {
        _targetNK.Dispose();
        _theta.Dispose();
        _logitNK.Dispose();
        _sketch.Dispose();
        _memory.Dispose();
    }

    private Tensor Weights => _theta.Narrow(1, 0, _width);

    private Tensor Forward(Tensor theta) =>
        (_scaledND.Matmul(theta.Narrow(1, 0, _width).T()) + theta.Select(1, _width)).To(DType.Float64);

    private void RefreshLogits()
    {
        using var scope = Scope.Enter();
        _logitNK.CopyFrom(Forward(_theta));
    }

    private Tensor Gradient(double strength)
    {
        using var scope = Scope.Enter();
        var gradient = scope.MoveOut(Ops.Empty([_classes, _width + 1], _theta.DType, _theta.Device));
        var errorNK = (_logitNK.Softmax(1) - _targetNK) * strength;
        gradient.Narrow(1, 0, _width).CopyFrom(errorNK.To(_theta.DType).T().Matmul(_scaledND) + Weights);
        gradient.Select(1, _width).CopyFrom(errorNK.Sum([0]));
        return gradient;
    }

    /// <summary>Largest gradient at W = 0 with the bias that fits the class shares: the scale that "small" refers to.</summary>
    private double ZeroGradient(double strength)
    {
        if (_zeroGradient < 0)
        {
            using var scope = Scope.Enter();
            var error = _targetNK - _targetNK.Mean(0, keepDim: true);
            // The floor is for features that tell nothing, such as constants, and for a single class.
            _zeroGradient = Math.Max(1e-3 * _scaledND.Size(0), error.To(_theta.DType).T().Matmul(_scaledND).Abs().Max().Item());
        }

        return strength * _zeroGradient;
    }

    private double MeanVariance()
    {
        using var scope = Scope.Enter();
        var probability = _logitNK.Softmax(1);
        return Math.Max((probability * (1 - probability)).Mean().Item(), 1e-6);
    }

    private double Objective(double strength)
    {
        using var scope = Scope.Enter();
        return (strength * ((_logitNK.Logsumexp([1]).Sum() - (_logitNK * _targetNK).Sum()).Item())) + (0.5 * Weights.Square().Sum(DType.Float64).Item());
    }

    private LinePoint Along(Tensor stepNK, Tensor direction, double length, double strength)
    {
        using var scope = Scope.Enter();
        var logitNK = _logitNK.Add(stepNK, length);
        var probabilityNK = logitNK.Softmax(1);
        var weights = Weights;
        var directionWeights = direction.Narrow(1, 0, _width);
        var square = directionWeights.Square().Sum(DType.Float64).Item();
        var cross = (weights * directionWeights).Sum(DType.Float64).Item();
        var own = weights.Square().Sum(DType.Float64).Item();
        var loss = (logitNK.Logsumexp([1]).Sum() - (logitNK * _targetNK).Sum()).Item();
        var slope = ((probabilityNK - _targetNK) * stepNK).Sum().Item();
        var expected = (probabilityNK * stepNK).Sum(1, keepDim: true);
        var bend = (probabilityNK * (stepNK - expected).Square()).Sum().Item();
        return new(
            (strength * loss) + (0.5 * (own + (2 * length * cross) + (length * length * square))),
            (strength * slope) + cross + (length * square),
            (strength * bend) + square);
    }

    private Tensor Precondition(Tensor flat, double curvature)
    {
        var vector = flat.View([_classes, _width + 1]);
        var result = Ops.Empty([_classes, _width + 1], flat.DType, flat.Device);
        result.Narrow(1, 0, _width).CopyFrom(_sketch.Divide(vector.Narrow(1, 0, _width), curvature));
        result.Select(1, _width).CopyFrom(vector.Select(1, _width) / (curvature * _scaledND.Size(0)));
        return result.Flatten();
    }
}
