using Selfsame.Objectives;
using Selfsame.Recipes;

namespace Selfsame.Cli.Bench;

/// <summary>A model that is measured: our recipe, and the same step as a peer writes it.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Recipe">Recipe, below the repository's root.</param>
/// <param name="Peer">Script of the peer, below the repository's root.</param>
internal sealed record BenchCase(string Name, string Recipe, string Peer)
{
    private const int Side = 64, Channels = 3;

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<BenchCase> All { get; } =
    [
        new("self-flow-small", "recipes/bench/self-flow-small.yaml", "bench/peers/self_flow.py"),
        new("mae-small", "recipes/bench/mae-small.yaml", "bench/peers/mae.py"),
    ];

    /// <summary>Reads the recipe.</summary>
    public (Recipe Recipe, ModelContext Model) Load()
    {
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(Find(Recipe), [], new Dictionary<string, string>()).Recipe;
        return (recipe, new ModelContext(recipe.Encoder, (Side, Side), Channels, classes: 0));
    }

    /// <summary>A file of the repository, seen from where this program lies.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, relative);
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException($"{relative} is not in any folder above {AppContext.BaseDirectory}; bench runs from a checkout of the repository.", relative);
    }
}
