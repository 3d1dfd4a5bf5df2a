namespace Selfsame.Recipes;

/// <summary>A recipe ready to run.</summary>
/// <param name="Recipe">All settings.</param>
/// <param name="Origins">
/// Who gave each value, by full key in the order of the recipe; lists count as one value unless their entries are settings records
/// (<c>data.views[0].size</c>).
/// </param>
public sealed record LoadedRecipe(Recipe Recipe, IReadOnlyDictionary<string, ValueOrigin> Origins);

/// <summary>Reads recipes. A flag wins over the environment, that over the recipe file, that over the default.</summary>
/// <param name="systems">The systems a recipe may name.</param>
public sealed class RecipeLoader(SystemTable systems)
{
    private readonly IKindTable[] _tables = [.. RecipeKinds.All, systems];

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file, UTF-8, at most 1 MiB; null for none, so that everything comes from overrides and environment.</param>
    /// <param name="overrides">Values from the command line; of two for one key the later one counts.</param>
    /// <param name="environment">Environment variables; <c>SELFSAME_DATA__SOURCE</c> sets <c>data.source</c>; one with our prefix that is neither a setting nor one of <see cref="ProgramVariables"/> is refused.</param>
    /// <exception cref="RecipeException">The recipe can't be used; holds everything that is wrong with it.</exception>
    public LoadedRecipe Load(string? path, IReadOnlyList<Override> overrides, IReadOnlyDictionary<string, string> environment)
    {
        var faults = new List<RecipeFault>();
        var text = path is null ? "" : RecipeText.Read(path, faults);
        return text is null ? throw new RecipeException(faults) : LoadText(text, path, overrides, environment);
    }

    /// <summary>Reads a recipe from text.</summary>
    /// <param name="yaml">The recipe.</param>
    /// <param name="name">Name for messages, normally the file's; null when there is no recipe and <paramref name="yaml"/> is empty.</param>
    /// <param name="overrides">Values from the command line; of two for one key the later one counts.</param>
    /// <param name="environment">Environment variables; <c>SELFSAME_DATA__SOURCE</c> sets <c>data.source</c>; one with our prefix that is neither a setting nor one of <see cref="ProgramVariables"/> is refused.</param>
    /// <exception cref="RecipeException">The recipe can't be used; holds everything that is wrong with it.</exception>
    public LoadedRecipe LoadText(
        string yaml, string? name, IReadOnlyList<Override> overrides, IReadOnlyDictionary<string, string> environment)
    {
        var (recipe, places) = Load<Recipe>(yaml, name, overrides, environment);
        var origins = RecipeTree.Leaves(RecipeTree.Of(recipe, _tables))
            .ToDictionary(key => key, key => places.GetValueOrDefault(key, ValueOrigin.Default), StringComparer.Ordinal);
        return new(recipe, origins);
    }

    /// <summary>Reads any settings record the way recipes are read.</summary>
    internal (T Settings, IReadOnlyDictionary<string, ValueOrigin> Places) Load<T>(
        string yaml, string? name, IReadOnlyList<Override> overrides, IReadOnlyDictionary<string, string> environment)
        where T : class
    {
        var faults = new List<RecipeFault>();
        ValueOrigin Place(int line) => name is null ? ValueOrigin.Default : new(OriginKind.Recipe, name, line);

        var binder = new RecipeBinder(_tables, faults);
        T? settings = null;
        if (YamlReader.Read(yaml, "", Place, faults) is { } node)
        {
            if (node is ScalarNode { IsNull: true })
                node = new MapNode(Place(1), []);
            if (node is MapNode root)
            {
                root = Overlay.Apply(root, environment, SettingsShape.For(typeof(T)), faults);
                root = Overlay.Apply(root, overrides, faults);
                settings = (T?)binder.Bind(typeof(T), root);
            }
            else
                faults.Add(new(node.Origin, "", $"The recipe is {node.Described}; expected a mapping of settings, such as system: mae"));
        }
        return faults.Count == 0
            ? (settings!, binder.Places)
            : throw new RecipeException([.. faults.OrderBy(f => f.Origin.Kind == OriginKind.Default ? OriginKind.Recipe : f.Origin.Kind).ThenBy(f => f.Origin.Line)]);
    }
}
