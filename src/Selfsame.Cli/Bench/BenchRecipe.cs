using Selfsame.Objectives;
using Selfsame.Recipes;

namespace Selfsame.Cli.Bench;

/// <summary>Recipes that benchmarks train.</summary>
internal static class BenchRecipe
{
    private const int Side = 64, Channels = 3;

    /// <summary>Self-Flow, below the repository's root.</summary>
    public const string SelfFlow = "recipes/bench/self-flow-small.yaml";

    /// <summary>A masked autoencoder, below the repository's root.</summary>
    public const string MaskedAutoencoder = "recipes/bench/mae-small.yaml";

    /// <summary>Reads a recipe.</summary>
    /// <param name="relative">Path below the repository's root.</param>
    /// <param name="side">Side of a picture in pixels.</param>
    /// <param name="changes">As --set takes them.</param>
    public static (Recipe Recipe, ModelContext Model) Load(string relative, int side = Side, params IReadOnlyList<string> changes)
    {
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(RepositoryFile.Find(relative), [.. changes.Select(Override.Set)], new Dictionary<string, string>()).Recipe;
        return (recipe, Context(recipe, side));
    }

    /// <summary>Sizes of a recipe's model on square pictures.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="side">Side of a picture in pixels.</param>
    public static ModelContext Context(Recipe recipe, int side) => new(recipe.Encoder, (side, side), Channels, classes: 0);
}
