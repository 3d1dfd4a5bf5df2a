using System.Security.Cryptography;
using System.Text;
using Selfsame.Recipes;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>Runs that differ in nothing but their seed, with the mean and the spread of their figures.</summary>
/// <param name="Runs">The results, by seed; each seed once.</param>
/// <param name="Evaluation">Metrics that every run has.</param>
/// <param name="Baselines">The same metrics without training, by baseline.</param>
public sealed record SeedGroup(
    IReadOnlyList<RunResult> Runs,
    IReadOnlyDictionary<string, MeanDeviation> Evaluation,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, MeanDeviation>> Baselines)
{
    /// <summary>The seeds, ascending.</summary>
    public IReadOnlyList<long> Seeds => [.. Runs.Select(run => run.Seed)];
}

/// <summary>Puts results of runs together that differ only in their seed.</summary>
public static class SeedGroups
{
    /// <summary>Names a recipe without its seed and its name.</summary>
    /// <param name="recipe">The recipe, resolved.</param>
    /// <returns>16 hexadecimal digits.</returns>
    public static string RecipeId(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var text = RecipeWriter.Write(recipe with { Seed = 0, Name = null });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Groups results.</summary>
    /// <param name="results">In any order. Those without a <see cref="RunResult.RecipeId"/> stand alone; of two with one seed, the later start counts.</param>
    /// <returns>Groups in the order of their first result; each metric's mean and sample standard deviation (NaN for a single run).</returns>
    /// <remarks>Runs belong together when recipe and steps agree, and every metric was measured by the same protocol.</remarks>
    public static IReadOnlyList<SeedGroup> Of(IEnumerable<RunResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var groups = new OrderedDictionary<string, List<RunResult>>();
        var alone = 0;
        foreach (var result in results)
        {
            var key = result.RecipeId is { } id
                ? FormattableString.Invariant($"{id} {result.Steps} {string.Join(' ', (result.Protocols ?? new Dictionary<string, string>()).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}")
                : FormattableString.Invariant($"alone {alone++}");
            if (!groups.TryGetValue(key, out var group))
                groups.Add(key, group = []);
            group.Add(result);
        }

        return [.. groups.Values.Select(Group)];
    }

    private static SeedGroup Group(List<RunResult> results)
    {
        RunResult[] runs = [.. results.GroupBy(run => run.Seed).OrderBy(same => same.Key).Select(same => same.MaxBy(run => run.Started)!)];
        var baselines = runs[0].Baselines.Keys
            .Where(name => runs.All(run => run.Baselines.ContainsKey(name)))
            .ToDictionary(name => name, name => (IReadOnlyDictionary<string, MeanDeviation>)Average([.. runs.Select(run => run.Baselines[name])]));
        return new(runs, Average([.. runs.Select(run => run.Evaluation)]), baselines);
    }

    private static OrderedDictionary<string, MeanDeviation> Average(IReadOnlyDictionary<string, double>[] runs)
    {
        var averages = new OrderedDictionary<string, MeanDeviation>();
        foreach (var name in runs[0].Keys.Where(name => runs.All(run => run.ContainsKey(name))))
            averages.Add(name, Metrics.OverSeeds([.. runs.Select(run => run[name])]));
        return averages;
    }
}
