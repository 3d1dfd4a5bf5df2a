using Selfsame.Recipes;
using Selfsame.Torch;
using R = Selfsame.Recipes;
using T = Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>Turns a recipe's optimizer block and parameter rules into an optimizer.</summary>
public static class RecipeOptimizers
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="arena">What it moves.</param>
    /// <param name="scale">Factor of the method on the rate of a parameter, by its full name; null for none.</param>
    /// <exception cref="ArgumentException">A parameter matches none of the recipe's rules; all of them are listed.</exception>
    public static Optimizer Build(Recipe recipe, ParameterArena arena, Func<string, double>? scale = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(arena);
        return Settings(recipe.Optimizer).Build(arena, Groups(recipe, arena, scale));
    }

    private static T.OptimizerSettings Settings(R.OptimizerSettings settings) => settings switch
    {
        R.AdamWSettings adamw => new T.AdamWSettings { Beta1 = adamw.Betas[0], Beta2 = adamw.Betas[1], Eps = adamw.Eps, Amsgrad = adamw.Amsgrad },
        R.AdamSettings adam => new T.AdamSettings { Beta1 = adam.Betas[0], Beta2 = adam.Betas[1], Eps = adam.Eps },
        R.SgdSettings sgd => new T.SgdSettings { Momentum = sgd.Momentum, Dampening = sgd.Dampening, Nesterov = sgd.Nesterov },
        R.LarsSettings lars => new T.LarsSettings { Kind = lars.ClassicMomentum ? LarsKind.SimClr : LarsKind.Moco, Momentum = lars.Momentum, Trust = lars.Trust, Nesterov = lars.Nesterov },
        R.LambSettings lamb => new T.LambSettings { Beta1 = lamb.Betas[0], Beta2 = lamb.Betas[1], Eps = lamb.Eps },
        R.SwanSettings swan => new T.SwanSettings { Iterations = swan.Iterations, Beta = swan.Beta, Rescale = swan.Rescale },
        _ => throw new ArgumentException($"the optimizer {RecipeKinds.Optimizers.KeyOf(settings.GetType())} can't be used in a run yet; use adamw, adam, sgd, lars, lamb or swan"),
    };

    private static ParameterGroup[] Groups(Recipe recipe, ParameterArena arena, Func<string, double>? scale)
    {
        var groups = new ParameterGroup[arena.Parameters.Count];
        var missed = new List<string>();
        for (var k = 0; k < groups.Length; k++)
        {
            var parameter = arena.Parameters[k];
            if (recipe.Parameters.FirstOrDefault(rule => rule.Selects(parameter.FullName, parameter.Value.Dimensions)) is { } rule)
                groups[k] = new ParameterGroup { Decay = rule.Decay, RateScale = rule.RateScale * (scale?.Invoke(parameter.FullName) ?? 1), Frozen = rule.Freeze };
            else
                missed.Add(parameter.FullName);
        }

        return missed.Count == 0
            ? groups
            : throw new ArgumentException($"no rule under 'parameters' matches {string.Join(", ", missed)}; end the list with {{ match: \".*\" }}");
    }
}
