using Selfsame.Training.Logging;

namespace Selfsame.Training.Progress;

/// <summary>Something that happened in a training run, for people and programs that watch it.</summary>
public abstract record TrainingEvent
{
    private TrainingEvent()
    {
    }

    /// <summary>The run starts or goes on.</summary>
    /// <param name="System">Name of the method.</param>
    /// <param name="Folder">The run folder.</param>
    /// <param name="Step">Steps already done; above 0 when a run goes on.</param>
    /// <param name="Total">Steps of the whole run.</param>
    public sealed record Started(string System, string Folder, long Step, long Total) : TrainingEvent;

    /// <summary>Steps were done and their values read; sent at log steps, not at each one.</summary>
    /// <param name="Step">Steps done.</param>
    /// <param name="Total">Steps of the whole run.</param>
    /// <param name="Loss">Training loss, averaged since the last such event.</param>
    /// <param name="Metrics">What else was measured.</param>
    /// <param name="SamplesPerSecond">Smoothed speed.</param>
    /// <param name="DataWaitShare">Share of the time spent waiting for data, 0 to 1.</param>
    /// <param name="Eta">Time left; null while it isn't known.</param>
    public sealed record StepDone(long Step, long Total, double Loss, IReadOnlyList<Metric> Metrics, double SamplesPerSecond, double DataWaitShare, TimeSpan? Eta) : TrainingEvent;

    /// <summary>The model was evaluated.</summary>
    /// <param name="Step">Steps done.</param>
    /// <param name="Metrics">The results.</param>
    public sealed record Evaluated(long Step, IReadOnlyList<Metric> Metrics) : TrainingEvent;

    /// <summary>A checkpoint is complete on the disk.</summary>
    /// <param name="Step">Steps done.</param>
    /// <param name="Path">Its folder.</param>
    public sealed record CheckpointSaved(long Step, string Path) : TrainingEvent;

    /// <summary>A sample could not be used; it is listed in the quarantine.</summary>
    /// <param name="Sample">Which one, such as its file.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Count">Samples skipped so far, with this one.</param>
    public sealed record Skipped(string Sample, string Reason, long Count) : TrainingEvent;

    /// <summary>Something the user should know; the run goes on.</summary>
    /// <param name="Message">What, and what to do.</param>
    public sealed record Warning(string Message) : TrainingEvent;

    /// <summary>The run ends.</summary>
    /// <param name="Step">Steps done.</param>
    /// <param name="Seconds">Training time over all sessions.</param>
    /// <param name="Loss">Last training loss; null when no step was done.</param>
    /// <param name="Outcome">How it ended.</param>
    public sealed record Finished(long Step, double Seconds, double? Loss, RunOutcome Outcome) : TrainingEvent;
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All steps are done.</summary>
    Completed,

    /// <summary>Stopped by the user; the same command goes on from the last checkpoint.</summary>
    Interrupted,

    /// <summary>Stopped by an error.</summary>
    Failed,
}

/// <summary>Watches a training run.</summary>
public interface ITrainingObserver
{
    /// <summary>Called on the training thread, in order; return quickly and don't throw.</summary>
    void On(TrainingEvent e);
}

/// <summary>Hands each event to several observers, in their order.</summary>
/// <param name="observers">The observers.</param>
public sealed class ObserverGroup(params IReadOnlyList<ITrainingObserver> observers) : ITrainingObserver
{
    /// <inheritdoc/>
    public void On(TrainingEvent e)
    {
        foreach (var observer in observers)
            observer.On(e);
    }
}
