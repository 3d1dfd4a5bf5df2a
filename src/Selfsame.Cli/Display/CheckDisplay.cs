using System.Diagnostics;
using Selfsame.Data.Checking;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Display;

/// <summary>Shows how far a check is: bars with the time left on a terminal, a line every few seconds elsewhere.</summary>
internal static class CheckDisplay
{
    /// <summary>Works, showing progress.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="output">Where lines go.</param>
    /// <param name="work">Given where to report to.</param>
    /// <param name="cancel">Handed on to the task.</param>
    public static Task<T> ShowAsync<T>(IAnsiConsole console, TextWriter output, Func<IProgress<CheckProgress>, T> work, CancellationToken cancel) =>
        console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi
            ? console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(context => Task.Run(() => work(new Bars(context)), cancel))
            : Task.Run(() => work(new Lines(output)), cancel);

    private sealed class Bars(ProgressContext context) : IProgress<CheckProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();

        public void Report(CheckProgress value)
        {
            lock (_lock)
            {
                if (!_tasks.TryGetValue(value.Activity, out var task))
                    _tasks.Add(value.Activity, task = context.AddTask(value.Activity, maxValue: value.Total));
                task.Value = Math.Max(task.Value, value.Done);
            }
        }
    }

    private sealed class Lines(TextWriter output) : IProgress<CheckProgress>
    {
        private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
        private readonly Lock _lock = new();
        private string _activity = "";
        private long _start, _last;

        public void Report(CheckProgress value)
        {
            lock (_lock)
            {
                var now = Stopwatch.GetTimestamp();
                if (value.Activity != _activity)
                    (_activity, _start, _last) = (value.Activity, now, now);
                if (Stopwatch.GetElapsedTime(_last, now) < s_interval)
                    return;
                _last = now;
                var left = Stopwatch.GetElapsedTime(_start, now) * ((value.Total - value.Done) / (double)value.Done);
                output.WriteLine($"{value.Activity} {HumanText.Count(value.Done)}/{HumanText.Count(value.Total)}  ETA {HumanText.Duration(left)}");
            }
        }
    }
}
