using Selfsame.Training.Logging;
using Selfsame.Training.Progress;

namespace Selfsame.Cli.Display;

/// <summary>Shows a run as lines of text, for files and pipes: steps at most every few seconds, everything else at once.</summary>
/// <param name="output">Where to.</param>
/// <param name="time">Clock.</param>
/// <param name="interval">Least time between two lines about steps; null: ten seconds.</param>
internal sealed class PlainProgress(TextWriter output, TimeProvider time, TimeSpan? interval = null) : IProgressDisplay
{
    private const int SkipsShown = 10;

    private readonly TimeSpan _interval = interval ?? TimeSpan.FromSeconds(10);
    private long? _lastLine;
    private TrainingEvent.StepDone? _unsaid;

    /// <inheritdoc/>
    public void On(TrainingEvent e)
    {
        if (e is TrainingEvent.StepDone step)
        {
            if (_lastLine is { } last && time.GetElapsedTime(last) < _interval)
            {
                _unsaid = step;
                return;
            }
            Say(step);
            return;
        }

        // The last steps before the end are worth a line however soon they came.
        if (e is TrainingEvent.Finished && _unsaid is { } unsaid)
            Say(unsaid);
        if (Line(e) is { } line)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => output.Flush();

    /// <summary>An event as one line; null when it isn't worth one.</summary>
    internal static string? Line(TrainingEvent e) => e switch
    {
        TrainingEvent.Started { Step: 0 } started => $"{started.System}: {HumanText.Count(started.Total)} steps into {started.Folder}",
        TrainingEvent.Started started => $"{started.System}: going on at step {HumanText.Count(started.Step)} of {HumanText.Count(started.Total)} in {started.Folder}",
        TrainingEvent.StepDone step => $"step {HumanText.Count(step.Step)}/{HumanText.Count(step.Total)}  loss {HumanText.Value(step.Loss)}  " +
            $"{HumanText.Rate(step.SamplesPerSecond)} samples/s  data wait {HumanText.Percent(step.DataWaitShare)}" +
            (step.Eta is { } eta ? $"  ETA {HumanText.Duration(eta)}" : ""),
        TrainingEvent.Evaluated evaluated => $"evaluation at step {HumanText.Count(evaluated.Step)}:  {List(evaluated.Metrics)}",
        TrainingEvent.CheckpointSaved saved => $"checkpoint at step {HumanText.Count(saved.Step)}: {saved.Path}",
        TrainingEvent.Skipped { Count: < SkipsShown } skipped => $"skipped {skipped.Sample}: {skipped.Reason}",
        TrainingEvent.Skipped { Count: SkipsShown } skipped => $"skipped {skipped.Sample}: {skipped.Reason} (further ones only in quarantine.jsonl)",
        TrainingEvent.Skipped => null,
        TrainingEvent.Warning warning => $"warning: {warning.Message}",
        TrainingEvent.Finished finished => $"{Outcome(finished.Outcome)} after {HumanText.Count(finished.Step)} steps and {HumanText.Duration(TimeSpan.FromSeconds(finished.Seconds))}" +
            (finished.Loss is { } loss ? $", loss {HumanText.Value(loss)}" : ""),
        _ => throw new ArgumentException($"{e.GetType().Name} has no line.", nameof(e)),
    };

    /// <summary>How a run ended, in a word.</summary>
    internal static string Outcome(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Completed => "finished",
        RunOutcome.Interrupted => "interrupted",
        RunOutcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "outcomes are completed, interrupted and failed"),
    };

    private void Say(TrainingEvent.StepDone step)
    {
        output.WriteLine(Line(step));
        output.Flush();
        (_lastLine, _unsaid) = (time.GetTimestamp(), null);
    }

    private static string List(IReadOnlyList<Metric> metrics) =>
        string.Join("  ", metrics.Select(metric => $"{metric.Name} {HumanText.Value(metric.Value)}"));
}
