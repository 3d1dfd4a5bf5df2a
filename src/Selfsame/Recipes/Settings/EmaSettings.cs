namespace Selfsame.Recipes;

/// <summary>The teacher, an exponential moving average of the weights: teacher = momentum * teacher + (1 - momentum) * student, after each step.</summary>
public sealed record EmaSettings
{
    /// <summary>Share of the teacher kept in the first step after the warm-up, 0 to 1. Default 0.996.</summary>
    [Limits(0, 1, "the share of the teacher kept in a step")]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Course of the momentum from <see cref="Momentum"/> to <see cref="End"/>. Default constant.</summary>
    public MomentumCourse Schedule { get; init; }

    /// <summary>Momentum at the end of its course unless it is constant, 0 to 1. Default 1.</summary>
    [Limits(0, 1, "the share of the teacher kept in the last step")]
    public double End { get; init; } = 1;

    /// <summary>How long a cosine or linear course takes; the momentum stays at <see cref="End"/> from there on. Null (default): the whole run.</summary>
    public Amount? Over { get; init; }

    /// <summary>A linear rise of the momentum from 0 at the start, so that the teacher forgets its random weights. Default none.</summary>
    public Amount Warmup { get; init; } = Amount.None;
}

/// <summary>Course of the teacher's momentum.</summary>
public enum MomentumCourse
{
    /// <summary>Does not change.</summary>
    Constant,

    /// <summary>Half a cosine.</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,
}
