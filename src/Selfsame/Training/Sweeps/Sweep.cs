using Selfsame.Recipes;

namespace Selfsame.Training.Sweeps;

/// <summary>Runs a grid of recipes one after the other: finished ones are skipped, failed ones recorded, and the rest goes on.</summary>
/// <param name="folder">Folder of the sweep; each run has its own below it.</param>
/// <param name="runs">From <see cref="SweepGrid.Runs"/>.</param>
/// <param name="metric">What to rank by; null for the usual one, see <see cref="SweepReport.Of"/>.</param>
public sealed class Sweep(string folder, IReadOnlyList<SweepRun> runs, string? metric)
{
    /// <summary>Time after which no further run starts; null for no limit.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of each run: its number from 1, the run, and how it stands (<c>starts</c>, <c>is already done</c>, or why it failed).</summary>
    public Action<int, SweepRun, string>? OnRun { get; init; }

    /// <summary>Runs what is not done yet. The report is written anew after each run.</summary>
    /// <param name="start">Starts one run in its folder.</param>
    /// <param name="cancellation">Stops the run under way; the same sweep goes on with it later.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<SweepReport> RunAsync(Func<SweepRun, string, Task<RunResult>> start, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(start);
        var began = Time.GetTimestamp();
        var outcomes = runs.Select(run => Find(run) is { } result ? Done(run, result) : Waiting(run)).ToArray();
        Save(outcomes);
        for (var k = 0; k < runs.Count; k++)
        {
            if (outcomes[k].State == "done")
            {
                OnRun?.Invoke(k + 1, runs[k], "is already done");
                continue;
            }

            if (Budget is { } budget && Time.GetElapsedTime(began) >= budget)
                break;
            OnRun?.Invoke(k + 1, runs[k], "starts");
            try
            {
                outcomes[k] = Done(runs[k], await start(runs[k], Path.Combine(folder, runs[k].Folder)).ConfigureAwait(false));
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                // Whatever went wrong with one run must not take the others with it.
                outcomes[k] = Waiting(runs[k]) with { State = "failed", Error = problem.Message };
                OnRun?.Invoke(k + 1, runs[k], $"failed: {problem.Message}");
            }

            Save(outcomes);
        }

        return Save(outcomes);
    }

    private SweepReport Save(SweepOutcome[] outcomes)
    {
        var report = SweepReport.Of([.. outcomes], metric);
        report.Save(folder);
        return report;
    }

    // Done is what has a result of this very recipe.
    private RunResult? Find(SweepRun run)
    {
        var at = new RunFolder(Path.Combine(folder, run.Folder));
        if (!File.Exists(at.RecipePath))
            return null;
        try
        {
            return at.ReadResult() is { } result
                && new RecipeLoader(SystemTable.BuiltIn).Load(at.RecipePath, [], new Dictionary<string, string>()).Recipe == run.Recipe.Recipe ? result : null;
        }
        catch (Exception problem) when (problem is InvalidDataException or RecipeException)
        {
            return null;   // the run itself says what is wrong with its folder
        }
    }

    private static SweepOutcome Waiting(SweepRun run) => new(run.Folder, run.Settings, run.Seed, "waiting", null, new Dictionary<string, double>());

    private static SweepOutcome Done(SweepRun run, RunResult result) => Waiting(run) with
    {
        State = "done",
        Metrics = new Dictionary<string, double>(result.Evaluation) { [SweepReport.FinalLoss] = result.FinalLoss, [SweepReport.Speed] = result.SamplesPerSecond },
    };
}
