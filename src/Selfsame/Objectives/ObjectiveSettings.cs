using Selfsame.Recipes;

namespace Selfsame.Objectives;

/// <summary>The settings of one published method; the <c>objective</c> block of a recipe.</summary>
/// <remarks>Which record is read is decided by the recipe's <c>system</c> key, see <see cref="SystemTable"/>.</remarks>
public abstract record ObjectiveSettings : ICheckable
{
    /// <summary>Problems between or within the settings; none when they fit together.</summary>
    public virtual IEnumerable<RecipeProblem> Check() => [];
}
