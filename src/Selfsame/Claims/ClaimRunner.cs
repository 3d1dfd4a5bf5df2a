using Selfsame.Data;
using Selfsame.Recipes;
using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Claims;

/// <summary>Trains every arm of a claim with every seed, and judges. Runs that are finished are not made again; an unfinished one goes on.</summary>
/// <param name="claim">The claim.</param>
/// <param name="folder">Where the runs lie, <c>ARM/seed-N</c> below it.</param>
public sealed class ClaimRunner(ClaimFile claim, string folder)
{
    /// <summary>Watches the runs.</summary>
    public ITrainingObserver Observer { get; init; } = new ObserverGroup();

    /// <summary>Where data sets are kept.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Told before each run: arm, seed, its number from 1, how many there are.</summary>
    public Action<string, ulong, int, int>? OnRun { get; init; }

    /// <summary>Further changes for every arm, such as fewer steps to try it out.</summary>
    public IReadOnlyList<Override> Overrides { get; init; } = [];

    /// <summary>The command as typed, for the record.</summary>
    public string Command { get; init; } = "";

    /// <summary>Runs what is missing and judges.</summary>
    /// <param name="cancellation">Stops with a checkpoint; the same call goes on from there.</param>
    /// <exception cref="TrainingStoppedException">A run could not be finished, or a folder holds a run of other settings.</exception>
    public async Task<ClaimResult> RunAsync(CancellationToken cancellation)
    {
        var settings = claim.Settings;
        var results = settings.Arms.Keys.ToDictionary(arm => arm, _ => new List<RunResult>());
        var (number, total) = (0, settings.Arms.Count * settings.Seeds.Count);
        foreach (var seed in settings.Seeds)  // seed by seed, so that a comparison can be looked at early
        {
            foreach (var arm in settings.Arms.Keys)
            {
                OnRun?.Invoke(arm, seed, ++number, total);
                results[arm].Add(await OneAsync(arm, seed, cancellation).ConfigureAwait(false));
            }
        }

        return ClaimResult.Of(claim, results.ToDictionary(arm => arm.Key, arm => (IReadOnlyList<RunResult>)arm.Value), Command);
    }

    private async Task<RunResult> OneAsync(string arm, ulong seed, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, arm, FormattableString.Invariant($"seed-{seed}"));
        var recipe = claim.Recipe(arm, seed, Overrides);
        var run = new RunFolder(path);
        if (run.ReadResult() is { } done)
        {
            var before = new RecipeLoader(SystemTable.BuiltIn).Load(run.RecipePath, [], new Dictionary<string, string>()).Recipe;
            return before == recipe.Recipe
                ? done
                : throw new TrainingStoppedException($"{path} holds a run of other settings. Give another --out, or delete the folder.");
        }

        return await Pretraining.RunAsync(
            new PretrainingOptions { Recipe = recipe, Folder = path, RecipeFile = claim.Settings.Recipe, Command = Command, Observer = Observer, Data = Data, Baselines = false, Figures = false },
            cancellation).ConfigureAwait(false);
    }
}
