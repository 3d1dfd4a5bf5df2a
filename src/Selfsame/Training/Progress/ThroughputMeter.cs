namespace Selfsame.Training.Progress;

/// <summary>Measures the speed of a run and estimates when it ends. Not safe for several threads at once.</summary>
/// <remarks>
/// Speed is samples by time, both weighted by 2^(-age / half-life), so that it follows changes without jumping; at a steady speed it is exact from
/// the first step. Pauses (evaluation, checkpoints) don't lower it; the estimate adds them in their share of the time so far.
/// </remarks>
public sealed class ThroughputMeter
{
    private readonly TimeProvider _time;
    private readonly double _halfLife;
    private long _mark;
    private bool _paused;
    private double _samples, _steps, _seconds, _waited;  // weighted
    private double _activeTotal, _pausedTotal;           // plain seconds

    /// <summary>Starts measuring now.</summary>
    /// <param name="time">Clock; null: the system's.</param>
    /// <param name="halfLife">Age at which a step counts half, above zero; null: ten seconds.</param>
    public ThroughputMeter(TimeProvider? time = null, TimeSpan? halfLife = null)
    {
        _time = time ?? TimeProvider.System;
        _halfLife = (halfLife ?? TimeSpan.FromSeconds(10)).TotalSeconds;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_halfLife, nameof(halfLife));
        _mark = _time.GetTimestamp();
    }

    /// <summary>Samples a second; 0 before the first step.</summary>
    public double SamplesPerSecond => _seconds > 0 ? _samples / _seconds : 0;

    /// <summary>Steps a second; 0 before the first step.</summary>
    public double StepsPerSecond => _seconds > 0 ? _steps / _seconds : 0;

    /// <summary>Share of the time spent waiting for data, 0 to 1.</summary>
    public double DataWaitShare => _seconds > 0 ? Math.Clamp(_waited / _seconds, 0, 1) : 0;

    /// <summary>One step is done.</summary>
    /// <param name="samples">Samples in it, at least 0.</param>
    /// <param name="dataWait">How much of its time was spent waiting for data.</param>
    /// <exception cref="InvalidOperationException">The meter is paused.</exception>
    public void Step(long samples, TimeSpan dataWait)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        if (_paused)
            throw new InvalidOperationException("A step was reported while the meter is paused; call Resume first.");
        AddActive();
        _samples += samples;
        _steps++;
        _waited += dataWait.TotalSeconds;
    }

    /// <summary>Something other than training begins.</summary>
    public void Pause()
    {
        if (_paused)
            return;
        AddActive();
        _paused = true;
    }

    /// <summary>Training goes on.</summary>
    public void Resume()
    {
        if (!_paused)
            return;
        _pausedTotal += Elapsed();
        _paused = false;
    }

    /// <summary>Time left, pauses included; null before the first step, or when it is beyond a hundred years.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="total">Steps of the whole run.</param>
    public TimeSpan? Eta(long step, long total)
    {
        if (step >= total)
            return TimeSpan.Zero;
        if (StepsPerSecond <= 0)
            return null;
        var seconds = (total - step) / StepsPerSecond * (1 + (_pausedTotal / _activeTotal));
        return seconds < 100 * 365.25 * 86_400 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private void AddActive()
    {
        var elapsed = Elapsed();
        var keep = Math.Pow(2, -elapsed / _halfLife);
        (_samples, _steps, _seconds, _waited) = (_samples * keep, _steps * keep, (_seconds * keep) + elapsed, _waited * keep);
        _activeTotal += elapsed;
    }

    private double Elapsed()
    {
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(_mark, now).TotalSeconds;
        _mark = now;
        return elapsed;
    }
}
