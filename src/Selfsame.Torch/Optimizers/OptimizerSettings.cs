namespace Selfsame.Torch;

/// <summary>An update rule and its constants. Rate and weight decay are no part of it: see <see cref="Optimizer.Rate"/> and <see cref="ParameterGroup.Decay"/>.</summary>
public abstract record OptimizerSettings
{
    /// <summary>Makes the optimizer, with its state at zero.</summary>
    /// <param name="arena">What to train; made with gradients.</param>
    /// <param name="groups">How each parameter is trained, in the order of the arena.</param>
    /// <exception cref="ArgumentException">The arena has no gradients, there is not one group for each parameter, or the settings contradict each other.</exception>
    public abstract Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups);

    /// <summary>Makes the optimizer with all parameters trained alike.</summary>
    /// <inheritdoc cref="Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public Optimizer Build(ParameterArena arena)
    {
        ArgumentNullException.ThrowIfNull(arena);
        var groups = new ParameterGroup[arena.Parameters.Count];
        Array.Fill(groups, ParameterGroup.Default);
        return Build(arena, groups);
    }
}
