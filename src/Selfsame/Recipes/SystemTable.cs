namespace Selfsame.Recipes;

/// <summary>One published system that can be trained.</summary>
/// <param name="Key">Its name in commands, recipes and parity folders, such as <c>mae</c>.</param>
/// <param name="Name">Its name in its paper.</param>
/// <param name="Family">Where its target comes from, such as <c>reconstruction</c>.</param>
/// <param name="Modalities">What it learns from, such as <c>image</c>.</param>
/// <param name="Paper">arXiv number, or authors and year.</param>
/// <param name="Recipe">Path of its recipe, relative to the repository.</param>
public sealed record SystemEntry(string Key, string Name, string Family, IReadOnlyList<string> Modalities, string Paper, string Recipe);

/// <summary>Every system there is a recipe for.</summary>
public static class SystemTable
{
    /// <summary>The systems, ordered by family, then key.</summary>
    public static IReadOnlyList<SystemEntry> All { get; } =
    [
        new("mae", "Masked autoencoder", "reconstruction", ["image"], "2111.06377", "recipes/mae.yaml"),
    ];
}
