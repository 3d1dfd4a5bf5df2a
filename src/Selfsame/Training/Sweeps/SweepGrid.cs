using System.Text;
using Selfsame.Recipes;

namespace Selfsame.Training.Sweeps;

/// <summary>One setting and the values it takes in turn.</summary>
/// <param name="Name">As typed: a key, or one of <see cref="ShortNames"/>.</param>
/// <param name="Values">At least one, as typed.</param>
public sealed record SweepAxis(string Name, IReadOnlyList<string> Values)
{
    /// <summary>The key of the recipe.</summary>
    public string Key => ShortNames.Resolve(Name);

    /// <summary>Reads <c>lr=1e-4,3e-4</c>; commas within brackets do not separate values.</summary>
    /// <exception cref="FormatException">It is not of this form.</exception>
    public static SweepAxis Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
            throw new FormatException($"--sweep {text}: This is not key=value,value, such as lr=1e-4,3e-4.");
        var values = new List<string>();
        var (depth, value) = (0, new StringBuilder());
        foreach (var c in text.AsSpan(at + 1))
        {
            depth += c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0;
            if (c == ',' && depth == 0)
            {
                values.Add(value.ToString().Trim());
                value.Clear();
            }
            else
            {
                value.Append(c);
            }
        }

        values.Add(value.ToString().Trim());
        if (values.Contains(""))
            throw new FormatException($"--sweep {text}: One of the values is empty.");
        if (values.Distinct(StringComparer.Ordinal).Count() < values.Count)
            throw new FormatException($"--sweep {text}: A value is given twice.");
        return new SweepAxis(text[..at].Trim(), values);
    }
}

/// <summary>One run of a sweep.</summary>
/// <param name="Folder">Its folder, below that of the sweep: settings, then seed.</param>
/// <param name="Settings">Value of each axis, by its name as typed.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Recipe">Its recipe.</param>
public sealed record SweepRun(string Folder, EquatableDictionary<string> Settings, ulong Seed, LoadedRecipe Recipe)
{
    /// <summary>Settings in a line: <c>lr=1e-4 batch=64</c>.</summary>
    public string Label => string.Join(' ', Settings.Select(s => $"{s.Key}={s.Value}"));
}

/// <summary>Every combination of the values of several settings, each with several seeds.</summary>
public static class SweepGrid
{
    private const int MostRuns = 10_000;

    /// <summary>Makes the runs; all recipes are checked, so that a wrong value is found before the first run starts.</summary>
    /// <param name="axes">The settings, each once.</param>
    /// <param name="seeds">Runs of each combination, at least 1: with the recipe's seed and those that follow it.</param>
    /// <param name="load">Loads the recipe with some values changed.</param>
    /// <exception cref="RecipeException">Some of the recipes can't be used; holds what is wrong, each fault once.</exception>
    /// <exception cref="FormatException">A setting is given twice, or there are too many runs.</exception>
    public static IReadOnlyList<SweepRun> Runs(IReadOnlyList<SweepAxis> axes, int seeds, Func<IReadOnlyList<Override>, LoadedRecipe> load)
    {
        ArgumentNullException.ThrowIfNull(axes);
        ArgumentNullException.ThrowIfNull(load);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        if (axes.GroupBy(a => a.Key).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FormatException($"--sweep has {twice.Key} twice. Give all its values in one: {twice.First().Name}={string.Join(',', twice.SelectMany(a => a.Values).Distinct(StringComparer.Ordinal))}.");
        var count = axes.Aggregate((double)seeds, (product, axis) => product * axis.Values.Count);
        if (count > MostRuns)
            throw new FormatException(FormattableString.Invariant($"the sweep has {count} runs; the most is {MostRuns}. Take fewer values."));

        var runs = new List<SweepRun>((int)count);
        var faults = new List<RecipeFault>();
        foreach (var values in Combinations(axes))
        {
            var overrides = axes.Select((axis, k) => Override.Set($"{axis.Key}={values[k]}") with { Written = $"--sweep {axis.Name}={values[k]}" }).ToList();
            var settings = new EquatableDictionary<string>(axes.Select((axis, k) => KeyValuePair.Create(axis.Name, values[k])));
            try
            {
                var first = load(overrides).Recipe.Seed;
                for (var k = 0; k < seeds; k++)
                {
                    var seed = checked(first + (ulong)k);
                    var recipe = seeds == 1 ? load(overrides) : load([.. overrides, Override.Set(FormattableString.Invariant($"seed={seed}")) with { Written = FormattableString.Invariant($"--seeds {seeds}") }]);
                    runs.Add(new SweepRun(Path.Combine(FolderName(settings), FormattableString.Invariant($"seed-{seed}")), settings, seed, recipe));
                }
            }
            catch (RecipeException problem)
            {
                faults.AddRange(problem.Faults.Where(fault => !faults.Contains(fault)));
            }
        }

        return faults.Count == 0 ? runs : throw new RecipeException(faults);
    }

    /// <summary>A folder name of some settings: <c>lr=1e-4,batch=64</c>, with whatever a file name can't hold replaced.</summary>
    internal static string FolderName(EquatableDictionary<string> settings)
    {
        if (settings.Count == 0)
            return "runs";
        var name = string.Join(',', settings.Select(s => $"{s.Key}={s.Value}"));
        var safe = new StringBuilder(name.Length);
        foreach (var c in name)
            safe.Append(char.IsAsciiLetterOrDigit(c) || c is '=' or ',' or '.' or '-' or '_' or '+' ? c : '_');
        // What was replaced or cut off still has to tell two combinations apart.
        var exact = safe.Length <= 120 && safe.ToString() == name && !name.StartsWith('.');
        return exact ? name : $"{safe.ToString()[..Math.Min(safe.Length, 100)].TrimStart('.')}~{Torch.Init.SeedOf(0, name):x16}";
    }

    private static IEnumerable<string[]> Combinations(IReadOnlyList<SweepAxis> axes)
    {
        var at = new int[axes.Count];
        while (true)
        {
            yield return [.. axes.Select((axis, k) => axis.Values[at[k]])];
            var last = axes.Count - 1;
            while (last >= 0 && ++at[last] == axes[last].Values.Count)
                at[last--] = 0;
            if (last < 0)
                yield break;
        }
    }
}
