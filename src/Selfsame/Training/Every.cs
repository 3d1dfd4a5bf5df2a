using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>Tells when something that repeats is due: by steps, samples, epochs or time.</summary>
internal sealed class Every
{
    private readonly long? _steps;
    private readonly TimeSpan? _time;
    private TimeSpan _last;

    /// <param name="interval">How often; null never.</param>
    /// <param name="batch">Samples in a step.</param>
    /// <param name="epoch">Samples in an epoch.</param>
    /// <param name="start">Training time of earlier sessions.</param>
    internal Every(Duration? interval, long batch, long epoch, TimeSpan start = default)
    {
        _last = start;
        if (interval is null)
            return;
        _time = interval.Time;
        _steps = interval.ToSteps(batch, epoch);
    }

    /// <summary>Asked after each step, with the training time so far.</summary>
    internal bool Due(long step, TimeSpan elapsed)
    {
        if (_steps is { } steps)
            return step % steps == 0;
        if (_time is not { } time || elapsed - _last < time)
            return false;
        _last = elapsed;
        return true;
    }
}
