using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>How <see cref="LogisticProbe"/> (<c>probe/logistic-2</c>) chooses and fits.</summary>
public sealed record LogisticProbeSettings
{
    /// <summary>Values of C to try, all positive, ascending: large C is weak regularisation. The summed loss grows with the number of samples, so useful values are small.</summary>
    public IReadOnlyList<double> Strengths { get; init; } = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

    /// <summary>Converged when no element of the gradient exceeds this share of the largest one at W = 0. Positive.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Most L-BFGS iterations for one C. At least 1.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Steps that L-BFGS remembers. At least 1.</summary>
    public int Memory { get; init; } = 10;

    /// <summary>Directions of the features that the preconditioner knows. At least 1.</summary>
    public int PreconditionerRank { get; init; } = 128;

    /// <summary>Seed of the preconditioner's random projection. It changes the way, not the destination.</summary>
    public ulong Seed { get; init; }

    /// <summary>Fit in float64 up to this many training elements (N x D), in float32 beyond.</summary>
    public long DoublePrecisionElements { get; init; } = 1 << 21;

    internal void Check()
    {
        if (Strengths.Count == 0)
            throw new ArgumentException("no strengths to try; give at least one C");
        for (var k = 0; k < Strengths.Count; k++)
        {
            if (!(Strengths[k] > 0) || double.IsInfinity(Strengths[k]) || (k > 0 && Strengths[k] <= Strengths[k - 1]))
                throw new ArgumentException($"strengths are {string.Join(", ", Strengths)}; they must be positive and ascending");
        }

        if (!(Tolerance > 0))
            throw new ArgumentException($"tolerance is {Tolerance}; it must be positive");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Memory, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PreconditionerRank, 1);
    }
}

/// <summary>What fitting one C took.</summary>
/// <param name="Strength">C.</param>
/// <param name="Objective">C sum crossentropy + 0.5 ||W||^2 at the end.</param>
/// <param name="Iterations">L-BFGS iterations.</param>
/// <param name="GradientShare">Largest gradient element, as a share of that at W = 0.</param>
/// <param name="Converged">The gradient share is within the tolerance.</param>
public sealed record LogisticFit(double Strength, double Objective, int Iterations, double GradientShare, bool Converged);

/// <summary>A tried C with its score on the validation split.</summary>
/// <param name="Fit">How fitting went.</param>
/// <param name="Validation">Figures that decide.</param>
public sealed record LogisticTrial(LogisticFit Fit, ClassificationScore Validation);

/// <summary>Outcome of the logistic probe.</summary>
/// <param name="Strength">C with the best validation accuracy; of equals, the strongest regularisation.</param>
/// <param name="Test">Figures on the test split.</param>
/// <param name="Trials">Every C that was tried, ascending; the largest are left out once accuracy fell.</param>
/// <param name="Predictions">Class given to each test sample.</param>
/// <param name="Model">The chosen model.</param>
public sealed record LogisticProbeResult(double Strength, ClassificationScore Test, IReadOnlyList<LogisticTrial> Trials, long[] Predictions, LinearModel Model);

/// <summary>Multinomial logistic regression on frozen features (<c>probe/logistic-2</c>).</summary>
/// <remarks>
/// Features are standardised with the training mean and population standard deviation. Minimised is C sum_i crossentropy_i + 0.5 ||W||^2,
/// with an unpenalised bias. C is chosen by validation accuracy, from the smallest up until two in a row are below the best; the test split is touched once, by the chosen model, which is not refitted.
/// Solved to convergence, so that the figure depends on the features and not on a learning rate, as in the protocol of
/// Kornblith, Shlens and Le 2019, https://arxiv.org/abs/1805.08974. Equal inputs and settings give equal results on one machine.
/// </remarks>
public static class LogisticProbe
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "probe/logistic-2";

    /// <summary>Fits for one C.</summary>
    /// <param name="train">Training features, on any device.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="strength">C, positive.</param>
    /// <param name="settings">How to solve; null for the defaults. <see cref="LogisticProbeSettings.Strengths"/> is not used.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="ArgumentException">A label, a setting or a feature is out of range.</exception>
    public static (LinearModel Model, LogisticFit Fit) Fit(LabelledFeatures train, int classes, double strength, LogisticProbeSettings? settings = null, CancellationToken cancellation = default)
    {
        settings = (settings ?? new()) with { Strengths = [strength] };
        (LinearModel, LogisticFit) fitted = default;
        FitEach(train, classes, settings, Keep, cancellation);
        return fitted;

        bool Keep(LinearModel model, LogisticFit fit)
        {
            fitted = (model, fit);
            return true;
        }
    }

    /// <summary>Fits every C, picks one on the validation split and scores it on the test split.</summary>
    /// <param name="train">Features to fit on.</param>
    /// <param name="validation">Features to choose C on.</param>
    /// <param name="test">Features to report on.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="ShapeException">The splits differ in width.</exception>
    /// <exception cref="ArgumentException">A label, a setting or a feature is out of range.</exception>
    public static LogisticProbeResult Evaluate(
        LabelledFeatures train, LabelledFeatures validation, LabelledFeatures test, int classes, LogisticProbeSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        validation.Require(classes, "validation");
        test.Require(classes, "test");
        train.RequireSameWidth(validation, "validation");
        train.RequireSameWidth(test, "test");

        var trials = new List<LogisticTrial>();
        LinearModel? chosen = null;
        var best = -1.0;
        var strength = 0.0;
        FitEach(train, classes, settings ?? new(), Choose, cancellation);

        var scores = chosen!.Scores(test.Features);
        return new(strength, Metrics.Score(test.Labels, scores, classes), trials, Metrics.Predictions(scores, classes), chosen);

        bool Choose(LinearModel model, LogisticFit fit)
        {
            var score = Metrics.Score(validation.Labels, model.Scores(validation.Features), classes);
            trials.Add(new(fit, score));
            if (score.Accuracy > best)
                (chosen, best, strength) = (model, score.Accuracy, fit.Strength);
            return trials.Count < 2 || trials[^1].Validation.Accuracy >= best || trials[^2].Validation.Accuracy >= best;
        }
    }

    private static void FitEach(LabelledFeatures train, int classes, LogisticProbeSettings settings, Func<LinearModel, LogisticFit, bool> goOn, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        settings.Check();
        train.Require(classes, "training");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var scaler = FeatureScaler.Measure(train.Features);
        var type = train.Features.ElementCount <= settings.DoublePrecisionElements ? DType.Float64 : DType.Float32;
        using var solver = new LogisticSolver(scaler.Apply(train.Features, type), train.Labels, classes, settings);
        foreach (var strength in settings.Strengths)
        {
            var (weights, bias, fit) = solver.Solve(strength, cancellation);
            if (!goOn(new(weights, bias, scaler), fit))
                return;
        }
    }
}
