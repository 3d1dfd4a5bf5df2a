using Selfsame.Recipes;

namespace Selfsame.Objectives;

/// <summary>The settings of one published method; the <c>objective</c> block of a recipe.</summary>
/// <remarks>Which record is read is decided by the recipe's <c>system</c> key, see <see cref="SystemTable"/>.</remarks>
public abstract record ObjectiveSettings : ICheckable
{
    /// <summary>Problems between or within the settings; none when they fit together.</summary>
    public virtual IEnumerable<RecipeProblem> Check() => [];

    /// <summary>Column of the data whose values the method is trained with as labels; null trains without.</summary>
    public virtual string? LabelColumn => null;

    /// <summary>How the method wants pixels: mean and standard deviation of each channel, on values in 0..1.</summary>
    public virtual (double Mean, double Deviation)? PixelRange => null;

    /// <summary>Share of the old teacher kept in a step, where the recipe has no <c>ema</c> block and the method has a teacher.</summary>
    public virtual double TeacherMomentum => 0.9999;

    /// <summary>Makes the method with its network; weights are still to be initialised.</summary>
    public abstract Objective Build(ModelContext model);
}
