using System.Collections;
using System.CommandLine;
using Selfsame.Cli.Display;
using Selfsame.Data;
using Selfsame.Recipes;
using Selfsame.Training;
using Spectre.Console;

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
        var json = new Option<bool>("--json") { Description = "Print one JSON object for each event." };
        var verb = new Verb("pretrain", "Train a model on unlabelled data, evaluate it, and write a run folder with report.html",
            new("pretrain", "the quickstart: Self-Flow on emoji pictures"),
            new("pretrain recipes/mae.yaml --data my-pictures --steps 2000", "another method on your own folder"),
            new("pretrain recipes/self-flow.yaml --set objective.gamma=0 --out runs/ablation", "with a value changed"))
        {
            recipe, set, folder, json,
        };
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
            return Run(parse, FindRecipe(parse.GetValue(recipe)), overrides, parse.GetValue(folder), parse.GetValue(json), cancellation);
        });
        return verb;
    }

    /// <summary>Finds a recipe by path, or below the program's own folder.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    internal static string FindRecipe(string? given)
    {
        var wanted = given ?? Quickstart;
        if (File.Exists(wanted))
            return wanted;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { wanted, Path.Combine("recipes", wanted), Path.Combine("recipes", wanted + ".yaml") })
            {
                var path = Path.Combine(folder.FullName, candidate);
                if (File.Exists(path))
                    return path;
            }
        }

        throw new UsageException($"there is no recipe {wanted}. Give a path, or one of: {string.Join(", ", SystemTable.BuiltIn.Entries.Select(e => e.Recipe))}.");
    }

    // A recipe that came with the program is named from its recipes folder on, wherever that is.
    private static string Shown(string path)
    {
        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Path.GetFileName(parent) == "recipes" ? $"recipes/{Path.GetFileName(path)}" : path;
    }

    /// <summary>Trains by a recipe, shows it, and says what came out.</summary>
    internal static async Task<int> Run(ParseResult parse, string recipe, List<Override> overrides, string? folder, bool json, CancellationToken cancellation)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
        var loaded = new RecipeLoader(SystemTable.BuiltIn).Load(recipe, overrides, environment);
        folder ??= Path.Combine("runs", loaded.Recipe.Name ?? Path.GetFileNameWithoutExtension(recipe));
        var console = parse.Console();
        RunResult result;
        using (var display = ProgressDisplay.Create(console, parse.Output, json, TimeProvider.System))
        {
            result = await Pretraining.RunAsync(
                new PretrainingOptions
                {
                    Recipe = loaded,
                    Folder = folder,
                    RecipeFile = Shown(recipe),
                    Command = Environment.CommandLine.Contains("selfsame-cli", StringComparison.Ordinal) ? "./selfsame " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)) : Environment.CommandLine,
                    Observer = display,
                    Data = new DataOptions { Progress = new DataLines(parse.Error) },
                    OnPhase = text => parse.Error.WriteLine($"{text} …"),
                },
                cancellation);
        }

        if (!json)
            ResultTable.Write(console, result, folder);
        return ExitCodes.Done;
    }
}
