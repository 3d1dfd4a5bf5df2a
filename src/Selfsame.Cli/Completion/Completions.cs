using System.CommandLine;
using System.CommandLine.Completions;
using Selfsame.Data.Packages;
using Selfsame.Recipes;

namespace Selfsame.Cli.Completion;

/// <summary>What a shell may complete beyond verbs and options: recipes, keys, data sets, systems, runs.</summary>
internal static class Completions
{
    private static readonly Lazy<string[]> s_keys = new(() => [.. Keys(SettingsShape.For(typeof(Recipe)), "").Order(StringComparer.Ordinal)]);

    /// <summary>Gives every option and argument of a known name its completions.</summary>
    public static void Attach(Command command)
    {
        foreach (var option in command.Options)
        {
            if (Of(option.Name) is { } source)
                option.CompletionSources.Add(source);
        }

        foreach (var argument in command.Arguments)
        {
            if (Of(argument.Name) is { } source)
                argument.CompletionSources.Add(source);
        }

        foreach (var inner in command.Subcommands)
            Attach(inner);
    }

    private static Func<CompletionContext, IEnumerable<CompletionItem>>? Of(string name) => name switch
    {
        "RECIPE" => _ => Items(Recipes()),
        "RUN" or "FOLDER" => _ => Items(Runs()),
        "NAME" or "--data" => _ => Items(Catalogue.List().Select(item => item.Name)),
        "SYSTEM" or "--system" => _ => Items(SystemTable.BuiltIn.Keys),
        "--set" => _ => Items(s_keys.Value.Select(key => key + "=")),
        "--sweep" => _ => Items(ShortNames.All.Keys.Concat(s_keys.Value).Select(key => key + "=")),
        "--device" => _ => Items(Names.OfEnum(typeof(DeviceChoice)).Select(e => e.Key)),
        "--precision" => _ => Items(Names.OfEnum(typeof(Precision)).Select(e => e.Key)),
        _ => null,
    };

    private static IEnumerable<CompletionItem> Items(IEnumerable<string> words) => words.Select(word => new CompletionItem(word));

    private static IEnumerable<string> Recipes() =>
        Directory.Exists("recipes") ? Directory.EnumerateFiles("recipes", "*.yaml").Select(file => file.Replace('\\', '/')).Order(StringComparer.Ordinal)
            : SystemTable.BuiltIn.Entries.Select(entry => entry.Recipe).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Runs() => Directory.Exists("runs")
        ? Directory.EnumerateDirectories("runs").Where(run => File.Exists(Path.Combine(run, "recipe.yaml"))).Select(run => run.Replace('\\', '/')).Order(StringComparer.Ordinal) : [];

    // Of blocks with several kinds, the keys of all of them: which kind it will be is not known while one types.
    private static HashSet<string> Keys(SettingsShape shape, string path)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in shape.Settings)
        {
            var full = path.Length == 0 ? setting.Key : $"{path}.{setting.Key}";
            switch (setting.Shape.Form)
            {
                case Form.Record:
                    keys.UnionWith(Keys(SettingsShape.For(setting.Shape.Type), full));
                    break;
                case Form.Kinds:
                    foreach (var table in RecipeKinds.All.Append(SystemTable.BuiltIn).Where(table => table.Base == setting.Shape.Type))
                    {
                        if (setting.KindFrom is null)
                            keys.Add($"{full}.kind");
                        foreach (var kind in table.Keys)
                            keys.UnionWith(Keys(SettingsShape.For(table.TypeOf(kind)!), full));
                    }

                    break;
                default:
                    keys.Add(full);
                    break;
            }
        }

        return keys;
    }
}
