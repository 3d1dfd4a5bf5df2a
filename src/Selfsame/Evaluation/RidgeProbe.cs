using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>A tried penalty with its figures on the validation split.</summary>
/// <param name="Penalty">Alpha.</param>
/// <param name="Validation">Figures that decide.</param>
public sealed record RidgeTrial(double Penalty, ClassificationScore Validation);

/// <summary>Outcome of the ridge probe.</summary>
/// <param name="Penalty">Alpha with the best validation accuracy; of equals, the largest.</param>
/// <param name="Test">Figures on the test split.</param>
/// <param name="Trials">Every alpha that was tried.</param>
/// <param name="Predictions">Class given to each test sample.</param>
/// <param name="Model">The chosen model.</param>
public sealed record RidgeProbeResult(double Penalty, ClassificationScore Test, IReadOnlyList<RidgeTrial> Trials, long[] Predictions, LinearModel Model);

/// <summary>Ridge regression and classification on frozen features in closed form (<c>probe/ridge-1</c>).</summary>
/// <remarks>
/// Minimises ||Y - X W^T - b||^2 + alpha ||W||^2 in float64 by Cholesky factorisation. With an intercept, X and Y are centred by
/// their training means and the bias is not penalised. Hoerl and Kennard 1970.
/// </remarks>
public static class RidgeProbe
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "probe/ridge-1";

    internal static readonly double[] Penalties = [1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1];

    /// <summary>Fits a regression.</summary>
    /// <param name="features">(N, D), any floating-point type.</param>
    /// <param name="targets">(N, T).</param>
    /// <param name="penalty">Alpha, positive; 0 where X has full column rank.</param>
    /// <param name="intercept">Fit a bias.</param>
    /// <param name="cancellation">Stops between pieces of data.</param>
    /// <returns>A model of T outputs for features as they are.</returns>
    /// <exception cref="ShapeException">Features and targets differ in rows.</exception>
    /// <exception cref="ArgumentException">The penalty is negative, or too small for the features.</exception>
    public static LinearModel Fit(Tensor features, Tensor targets, double penalty, bool intercept = true, CancellationToken cancellation = default)
    {
        using var system = new RidgeSystem(features, targets, intercept, cancellation);
        return system.Solve(penalty);
    }

    /// <summary>Fits a classifier: regression, with intercept, on +1 for the class and -1 otherwise.</summary>
    /// <param name="train">Training features.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="penalty">Alpha, positive.</param>
    /// <param name="cancellation">Stops between pieces of data.</param>
    /// <returns>A model of one output for each class; the largest wins.</returns>
    public static LinearModel FitClassifier(LabelledFeatures train, int classes, double penalty, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var targets = Targets(train, classes);
        return Fit(train.Features, targets, penalty, intercept: true, cancellation);
    }

    /// <summary>Fits classifiers on standardised features, picks alpha on the validation split and scores it on the test split.</summary>
    /// <param name="train">Features to fit on; constant features are harmless.</param>
    /// <param name="validation">Features to choose alpha on.</param>
    /// <param name="test">Features to report on.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="penalties">Alphas to try, positive, descending; empty for 1e6 to 1 in decades.</param>
    /// <param name="cancellation">Stops between pieces of data.</param>
    /// <exception cref="ShapeException">The splits differ in width.</exception>
    public static RidgeProbeResult Evaluate(
        LabelledFeatures train, LabelledFeatures validation, LabelledFeatures test, int classes, ReadOnlySpan<double> penalties = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        validation.Require(classes, "validation");
        test.Require(classes, "test");
        train.RequireSameWidth(validation, "validation");
        train.RequireSameWidth(test, "test");

        using var scope = Scope.Enter();
        var scaler = FeatureScaler.Measure(train.Features);
        using var system = new RidgeSystem(scaler.Apply(train.Features, DType.Float32), Targets(train, classes), intercept: true, cancellation);
        var trials = new List<RidgeTrial>();
        (double Accuracy, double Penalty, LinearModel? Model) best = (-1, 0, null);
        foreach (var penalty in penalties.IsEmpty ? Penalties : penalties)
        {
            cancellation.ThrowIfCancellationRequested();
            var model = system.Solve(penalty, scaler);
            var score = Metrics.Score(validation.Labels, model.Scores(validation.Features), classes);
            trials.Add(new(penalty, score));
            if (score.Accuracy > best.Accuracy)
                best = (score.Accuracy, penalty, model);
        }

        var scores = best.Model!.Scores(test.Features);
        return new(best.Penalty, Metrics.Score(test.Labels, scores, classes), trials, Metrics.Predictions(scores, classes), best.Model);
    }

    /// <summary>Share of variance explained: mean over targets of 1 - SSE / SST, SST around the mean of <paramref name="truth"/>.</summary>
    /// <param name="truth">(N, T), row-major.</param>
    /// <param name="predicted">(N, T).</param>
    /// <param name="targets">T.</param>
    /// <returns>1 for a perfect fit, 0 for the mean, below for worse. A target that never changes counts 1 if met exactly, else 0.</returns>
    public static double R2(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, int targets)
    {
        if (truth.Length != predicted.Length || truth.Length == 0 || truth.Length % targets != 0)
            throw new ArgumentException($"{truth.Length} true and {predicted.Length} predicted values for {targets} targets; expected equal whole rows");
        var rows = truth.Length / targets;
        var sum = 0.0;
        for (var target = 0; target < targets; target++)
        {
            double mean = 0, errors = 0, total = 0;
            for (var k = target; k < truth.Length; k += targets)
                mean += truth[k] / rows;
            for (var k = target; k < truth.Length; k += targets)
            {
                errors += (truth[k] - predicted[k]) * (truth[k] - predicted[k]);
                total += (truth[k] - mean) * (truth[k] - mean);
            }

            sum += total > 0 ? 1 - (errors / total) : errors == 0 ? 1 : 0;
        }

        return sum / targets;
    }

    private static Tensor Targets(LabelledFeatures train, int classes)
    {
        train.Require(classes, "training");
        using var scope = Scope.Enter();
        return scope.MoveOut((Tensor.From(train.Labels).OneHot(classes).To(train.Features.Device, DType.Float64) * 2.0) - Ops.Ones([1], DType.Float64, train.Features.Device));
    }
}
