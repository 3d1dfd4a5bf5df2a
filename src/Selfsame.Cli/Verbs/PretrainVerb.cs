using System.CommandLine;
using Selfsame.Cli.Sweeps;
using Selfsame.Recipes;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame pretrain [RECIPE]</c>: trains, evaluates, and writes the run folder.</summary>
internal static class PretrainVerb
{
    private const string Quickstart = "recipes/quickstart.yaml";

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var recipe = new Argument<string?>("RECIPE") { Description = $"Recipe file; {Quickstart} when none is given.", Arity = ArgumentArity.ZeroOrOne };
        var set = new Option<string[]>("--set") { Description = "Set a value of the recipe: --set objective.mask_ratio=0.5", HelpName = "key=value", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string?>("--out") { Description = "Folder of the run; runs/NAME when none is given. An unfinished run in it goes on.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object for each event, or one for a plan." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would run: values and where they come from, shapes, parameters, memory, time. Writes nothing." };
        var sweep = new SweepOptions();
        var verb = new Verb("pretrain", "Train a model on unlabelled data, evaluate it, and write a run folder with report.html",
            new("pretrain", "the quickstart: Self-Flow on emoji pictures"),
            new("pretrain recipes/mae.yaml --data my-pictures --steps 2000", "another method on your own folder"),
            new("pretrain recipes/self-flow.yaml --set objective.gamma=0 --out runs/ablation", "with a value changed"),
            new("pretrain recipes/mae.yaml --dry-run", "what it would take"),
            new("pretrain recipes/mae.yaml --sweep lr=1e-4,3e-4 --sweep batch=64,128 --seeds 3", "every combination, three times"))
        {
            recipe, set, folder, json, dryRun,
        };
        foreach (var option in sweep.All)
            verb.Add(option);
        var flags = new List<(RecipeFlag Flag, Option Option)>();
        foreach (var flag in RecipeFlag.All)
        {
            Option option = flag.Value is not null
                ? new Option<string?>(flag.Name) { Description = flag.Help, HelpName = flag.Value }
                : new Option<bool>(flag.Name) { Description = flag.Help };
            flags.Add((flag, option));
            verb.Add(option);
        }

        verb.SetAction((parse, cancellation) =>
        {
            var overrides = new List<Override>();
            foreach (var (flag, option) in flags)
            {
                if (option is Option<bool> single && parse.GetValue(single))
                    overrides.Add(Override.Of(flag, null));
                else if (option is Option<string?> text && parse.GetValue(text) is { } value)
                    overrides.Add(Override.Of(flag, value));
            }

            foreach (var assignment in parse.GetValue(set) ?? [])
                overrides.Add(Override.Set(assignment));
            var run = new PretrainCommand(parse, FindRecipe(parse.GetValue(recipe)), overrides, parse.GetValue(folder), parse.GetValue(json));
            var plan = parse.GetValue(dryRun);
            if (sweep.Wanted(parse))
                return run.SweepAsync(sweep, plan, cancellation);
            return plan ? run.PlanAsync(cancellation) : run.RunAsync(cancellation);
        });
        return verb;
    }

    /// <summary>Finds a recipe by path, or below the program's own folder.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    internal static string FindRecipe(string? given)
    {
        var wanted = given ?? Quickstart;
        if (File.Exists(wanted) || Directory.Exists(wanted))
            return wanted;   // of a folder, the loader says that it is one
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { wanted, Path.Combine("recipes", wanted), Path.Combine("recipes", wanted + ".yaml") })
            {
                var path = Path.Combine(folder.FullName, candidate);
                if (File.Exists(path))
                    return path;
            }
        }

        var near = NearestName.Find(wanted, SystemTable.BuiltIn.Entries.SelectMany(e => new[] { e.Recipe, e.Key })) is { } name ? $" Did you mean {name}?" : "";
        throw new UsageException($"there is no recipe {wanted}.{near} Give a path, or one of: {string.Join(", ", SystemTable.BuiltIn.Entries.Select(e => e.Recipe))}.");
    }
}
