using Selfsame.Training.Progress;

namespace Selfsame.Cli.Display;

/// <summary>Shows how far a pass over samples is: a line every few seconds with speed, time left and what was skipped.</summary>
/// <param name="output">Where to.</param>
/// <param name="time">Clock.</param>
/// <param name="interval">Least time between two lines; null: five seconds.</param>
internal sealed class CountLines(TextWriter output, TimeProvider time, TimeSpan? interval = null)
{
    private readonly TimeSpan _interval = interval ?? TimeSpan.FromSeconds(5);
    private readonly ThroughputMeter _meter = new(time);
    private long _line = time.GetTimestamp();
    private long? _before;

    /// <summary>Tells how far it is.</summary>
    /// <param name="done">Samples done.</param>
    /// <param name="total">Samples in all.</param>
    /// <param name="skipped">Samples that could not be used.</param>
    internal void Show(long done, long total, int skipped)
    {
        if (_before is { } before)
            _meter.Step(Math.Max(0, done - before), TimeSpan.Zero);
        _before = done;
        if (done < total && time.GetElapsedTime(_line) < _interval)
            return;
        _line = time.GetTimestamp();
        var rate = _meter.SamplesPerSecond;
        var left = rate > 0 && done < total ? $"  ETA {HumanText.Duration(TimeSpan.FromSeconds((total - done) / rate))}" : "";
        output.WriteLine($"{HumanText.Count(done)} of {HumanText.Count(total)} samples{(rate > 0 ? $"  {HumanText.Rate(rate)} samples/s" : "")}{left}{(skipped > 0 ? $"  {HumanText.Count(skipped)} skipped" : "")}");
        output.Flush();
    }
}
