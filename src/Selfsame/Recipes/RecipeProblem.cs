namespace Selfsame.Recipes;

/// <summary>Something wrong with one setting, as a settings record sees it: without file and line.</summary>
/// <param name="Key">The key within the record, snake case, dots for nested keys (<c>decoder.width</c>); empty for the record itself.</param>
/// <param name="Text">What follows the key in the message: what was found, what is expected, what to do. No full stop at the end.</param>
public sealed record RecipeProblem(string Key, string Text);

/// <summary>Settings that can judge themselves beyond what types and limits say.</summary>
public interface ICheckable
{
    /// <summary>All problems; none when the settings fit together. Called only when every value of the record could be read.</summary>
    IEnumerable<RecipeProblem> Check();
}

/// <summary>Something wrong with a recipe, with the place where it was written.</summary>
/// <param name="Origin">File and line, environment variable or flag; <see cref="OriginKind.Default"/> when nothing was written.</param>
/// <param name="Key">Full key, such as <c>objective.mask_ratio</c>; empty for the recipe as a whole.</param>
/// <param name="Text">What follows the key in the message.</param>
public sealed record RecipeFault(ValueOrigin Origin, string Key, string Text)
{
    /// <summary>One line: <c>recipes/mae.yaml(11): objective.mask_ratio is 75; ….</c></summary>
    public override string ToString()
    {
        var where = Origin.Kind == OriginKind.Default ? "" : $"{Origin}: ";
        var sentence = Key.Length == 0 ? Text : $"{Key} {Text}";
        return sentence.EndsWith('.') || sentence.EndsWith('?') ? where + sentence : $"{where}{sentence}.";
    }
}

/// <summary>A recipe can't be used; holds everything that is wrong with it, in the order of its lines.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>An exception that reports these problems, one a line.</summary>
    /// <param name="faults">At least one.</param>
    public RecipeException(IReadOnlyList<RecipeFault> faults)
        : base(string.Join('\n', faults)) => Faults = faults;

    /// <summary>All problems: the recipe's by line, then the environment's, then the flags'.</summary>
    public IReadOnlyList<RecipeFault> Faults { get; }
}
