namespace Selfsame.Training;

/// <summary>Training time over all sessions of a run, without evaluation and checkpoints.</summary>
internal sealed class TrainingClock(TimeProvider time, double earlierSeconds)
{
    private TimeSpan _before = TimeSpan.FromSeconds(earlierSeconds);
    private long? _since = time.GetTimestamp();

    internal TimeSpan Elapsed => _since is { } since ? _before + time.GetElapsedTime(since) : _before;

    internal void Pause()
    {
        _before = Elapsed;
        _since = null;
    }

    internal void Resume() => _since ??= time.GetTimestamp();
}
