using Selfsame.Evaluation;
using Selfsame.Evaluation.Report;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Training.Logging;
using Selfsame.Training.Progress;

namespace Selfsame.Training;

/// <summary>Watches a run's health and tells its observer in words, once, when it turns bad.</summary>
internal sealed class RunHealth
{
    private const int Looks = 10;   // at features, spread over the run

    private readonly HealthMonitor _monitor;
    private readonly ITrainingObserver _observer;
    private readonly Func<FeatureHealth?> _pulse;
    private int _looked;

    /// <param name="objective">The method.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="observer">Told in words when the run turns bad.</param>
    /// <param name="pulse">Looks at features; null where there is no data to look at.</param>
    internal RunHealth(Objective objective, Recipe recipe, ITrainingObserver observer, Func<FeatureHealth?> pulse)
    {
        _pulse = pulse;
        ChanceLoss = (objective as IChanceLevel)?.ChanceLoss(recipe.MicroBatch ?? recipe.Batch);
        _observer = observer;
        _monitor = new HealthMonitor(new HealthSettings
        {
            ChanceLoss = ChanceLoss,
            MovingTarget = objective.Teachers.Count > 0,
            Rate = recipe.Optimizer.RateFor(recipe.Batch),
        });
    }

    /// <summary>Loss of guessing; null when the method has none.</summary>
    internal double? ChanceLoss { get; }

    /// <summary>Looks at the untrained features; of a run that goes on, takes up what it logged.</summary>
    internal void Begin(RunFolder folder, CheckpointState state)
    {
        if (state.Step == 0)
        {
            _monitor.Untrained = _pulse();
            return;
        }

        if (state.Baselines.GetValueOrDefault(RunResult.RandomInit)?.TryGetValue("feature_spread", out var spread) == true)
            _monitor.Untrained = new FeatureHealth(spread);
        if (!File.Exists(folder.MetricsPath))
            return;
        foreach (var entry in MetricsLog.Read(folder.MetricsPath).TakeWhile(entry => entry.Step <= state.Step))
        {
            foreach (var metric in entry.Metrics.Where(metric => metric.Name == "loss"))
                _monitor.Step(metric.Value);
        }
    }

    /// <summary>Takes the loss of a step.</summary>
    internal void Step(double loss) => _monitor.Step(loss);

    /// <summary>Says that the trainer gave up.</summary>
    internal void GaveUp(string reason)
    {
        _monitor.GaveUp(reason.TrimEnd('.'));
        Say(1);
    }

    /// <summary>Judges, and says what is new. Ten times in a run it looks at features too.</summary>
    /// <param name="progress">Share of the run that is done.</param>
    internal void Look(double progress)
    {
        if ((int)(progress * Looks) is var look && look > _looked)
            (_monitor.Features, _looked) = (_pulse(), look);
        Say(progress);
    }

    /// <summary>The last word.</summary>
    internal Diagnosis Conclude(RunResult result) =>
        _monitor.Diagnose(MetricComparison.Of(result).FirstOrDefault(metric => metric.BeatsRandomInit is not null) is { RandomInit: { } random } main
            ? (main.Direction == MetricDirection.Lower ? random - main.Trained : main.Trained - random)
            : null);

    private void Say(double progress)
    {
        if (_monitor.News(progress) is { } news)
            _observer.On(new TrainingEvent.Warning(news.ToString()));
    }
}
