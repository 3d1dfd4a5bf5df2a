using System.Collections.Concurrent;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Display;

/// <summary>Shows a run on a terminal: a view redrawn in place a few times a second, with warnings and the end as lines above it.</summary>
/// <remarks>A thread of its own draws, so that a slow terminal never holds up training.</remarks>
internal sealed class LiveProgress : IProgressDisplay
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(200);

    private readonly IAnsiConsole _console;
    private readonly ConcurrentQueue<(string Line, Style Style)> _lines = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly Thread _drawing;
    private readonly TimeProvider _time;
    private volatile LiveView _view = new();
    private long _stepSeen;

    /// <summary>Starts drawing.</summary>
    /// <param name="console">An interactive terminal.</param>
    /// <param name="time">Clock, to count the time left down between two events.</param>
    internal LiveProgress(IAnsiConsole console, TimeProvider time)
    {
        (_console, _time, _stepSeen) = (console, time, time.GetTimestamp());
        _drawing = new Thread(Draw) { IsBackground = true, Name = "progress" };
        _drawing.Start();
    }

    /// <inheritdoc/>
    public void On(TrainingEvent e)
    {
        if (e is TrainingEvent.StepDone)
            Volatile.Write(ref _stepSeen, _time.GetTimestamp());
        _view = _view.After(e);
        if (e is TrainingEvent.Warning)
            _lines.Enqueue((PlainProgress.Line(e)!, new Style(Color.Yellow)));
        else if (e is TrainingEvent.Finished finished)
            _lines.Enqueue((PlainProgress.Line(e)!, finished.Outcome == RunOutcome.Completed ? Style.Plain : new Style(Color.Yellow)));
    }

    /// <summary>Draws the last state, which stays on the screen, and gives the terminal back.</summary>
    public void Dispose()
    {
        if (_ended.IsSet)
            return;
        _ended.Set();
        _drawing.Join();
        _ended.Dispose();
    }

    private void Draw() => _console.Live(_view.Render()).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).Start(context =>
    {
        while (!_ended.Wait(RedrawInterval))
            Update(context);
        Update(context);
    });

    private void Update(LiveDisplayContext context)
    {
        while (_lines.TryDequeue(out var line))
            _console.Write(new Text(line.Line + "\n", line.Style));
        context.UpdateTarget(CountedDown(_view).Render());
        context.Refresh();
    }

    private LiveView CountedDown(LiveView view)
    {
        if (view.Step is not { Eta: { } eta } step)
            return view;
        var left = eta - _time.GetElapsedTime(Volatile.Read(ref _stepSeen));
        return view with { Step = step with { Eta = left > TimeSpan.Zero ? left : TimeSpan.Zero } };
    }
}
