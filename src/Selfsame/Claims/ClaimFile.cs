using System.Text;
using Selfsame.Recipes;

namespace Selfsame.Claims;

/// <summary>A claim as read from its file, and the recipes of its runs.</summary>
public sealed class ClaimFile
{
    private readonly string _recipe;

    private ClaimFile(string path, ClaimSettings settings)
    {
        (Path, Settings) = (path, settings);
        _recipe = System.IO.Path.GetFullPath(settings.Recipe, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>Name of the claim: the file's name without extension.</summary>
    public string Key => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>What it says.</summary>
    public ClaimSettings Settings { get; }

    /// <summary>Reads a claim and checks the recipes of all its arms, so that a mistake shows before the first run.</summary>
    /// <param name="path">A file such as <c>recipes/claims/self-flow.yaml</c>.</param>
    /// <exception cref="RecipeException">It can't be used; holds everything that is wrong with it.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ClaimFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var text = File.ReadAllText(path, Encoding.UTF8);
        var (settings, _) = new RecipeLoader(SystemTable.BuiltIn).Load<ClaimSettings>(text, path, [], new Dictionary<string, string>());
        var claim = new ClaimFile(path, settings);
        foreach (var arm in settings.Arms.Keys)
            claim.Recipe(arm, settings.Seeds[0]);
        return claim;
    }

    /// <summary>The recipe of one run. The environment is not asked: a claim means the same everywhere.</summary>
    /// <param name="arm">Name of an arm.</param>
    /// <param name="seed">Seed of every random draw.</param>
    /// <param name="overrides">Further changes for every arm.</param>
    /// <exception cref="RecipeException">The recipe can't be used.</exception>
    public LoadedRecipe Recipe(string arm, ulong seed, IReadOnlyList<Override>? overrides = null)
    {
        List<Override> sets = [];
        foreach (var (key, value) in Settings.Set.Concat(Settings.Arms[arm].Set))
            sets.Add(new Override($"{Key}: {key}={value}", key, value));
        sets.AddRange(overrides ?? []);
        sets.Add(Override.Set(FormattableString.Invariant($"seed={seed}")));
        sets.Add(Override.Set($"name={arm}"));
        return new RecipeLoader(SystemTable.BuiltIn).Load(_recipe, sets, new Dictionary<string, string>());
    }
}
