namespace Selfsame.Recipes;

/// <summary>Course of the learning rate as a share of its peak: a linear rise, then what the kind says.</summary>
public abstract record ScheduleSettings
{
    /// <summary>The linear rise from 0 to the peak. Default none.</summary>
    public Amount Warmup { get; init; } = Amount.None;
}

/// <summary>Stays at the peak.</summary>
public sealed record ConstantScheduleSettings : ScheduleSettings;

/// <summary>Falls along half a cosine. Loshchilov and Hutter 2016, arXiv:1608.03983.</summary>
public sealed record CosineScheduleSettings : ScheduleSettings
{
    /// <summary>Rate at the last step as a share of the peak, 0 to 1. Default 0.</summary>
    [Limits(0, 1, "the last rate as a share of the peak")]
    public double End { get; init; }
}

/// <summary>Falls along a straight line.</summary>
public sealed record LinearScheduleSettings : ScheduleSettings
{
    /// <summary>Rate at the last step as a share of the peak, 0 to 1. Default 0.</summary>
    [Limits(0, 1, "the last rate as a share of the peak")]
    public double End { get; init; }
}

/// <summary>Is multiplied by a factor at given moments.</summary>
public sealed record StepScheduleSettings : ScheduleSettings, ICheckable
{
    /// <summary>The moments in percent of the run, rising, 0 to 100. Default 60 and 80.</summary>
    [Limits(0, 100, "a moment in percent of the run"), Unit("percent of the run")]
    public EquatableList<double> At { get; init; } = [60, 80];

    /// <summary>The factor, above 0 to 1. Default 0.1.</summary>
    [Limits(0, 1, "the factor on the rate", AboveMin = true)]
    public double Factor { get; init; } = 0.1;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        for (var i = 1; i < At.Count; i++)
            if (At[i] <= At[i - 1])
                yield return new("at", $"has {Scalars.Format(At[i])} after {Scalars.Format(At[i - 1])}; the moments rise");
    }
}

/// <summary>Falls with the inverse square root of the step, from the peak at the end of the warm-up. Vaswani et al. 2017, arXiv:1706.03762.</summary>
public sealed record InverseSqrtScheduleSettings : ScheduleSettings;
