using Selfsame.Modalities;
using Selfsame.Modalities.Text;
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

    /// <summary>data2vec on pictures, below the repository's root.</summary>
    public const string Data2Vec = "recipes/bench/data2vec-small.yaml";

    /// <summary>CLIP on pictures and captions, below the repository's root.</summary>
    public const string Clip = "recipes/bench/clip-small.yaml";

    /// <summary>Reads a recipe.</summary>
    /// <param name="relative">Path below the repository's root.</param>
    /// <param name="side">Side of a picture in pixels.</param>
    /// <param name="changes">As --set takes them.</param>
    public static (Recipe Recipe, ModelContext Model) Load(string relative, int side = Side, params IReadOnlyList<string> changes)
    {
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(RepositoryFile.Find(relative), [.. changes.Select(Override.Set)], new Dictionary<string, string>()).Recipe;
        return (recipe, Context(recipe, side));
    }

    /// <summary>Sizes of a recipe's model on square pictures, and on captions where the recipe reads text.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="side">Side of a picture in pixels.</param>
    public static ModelContext Context(Recipe recipe, int side)
    {
        List<InputShape> inputs = [new ImageShape(side, side, Channels)];
        if (recipe.Data.Text is { } text)
            inputs.Add(new TextShape(text.MaxLength, text.Tokenizer.Vocabulary ?? TokenizerSettings.DefaultVocabulary, new SpecialTokens(Padding: 0, Begin: null, End: null, Mask: null)));
        return new(recipe.Encoder, [.. inputs], Classes: 0);
    }
}
