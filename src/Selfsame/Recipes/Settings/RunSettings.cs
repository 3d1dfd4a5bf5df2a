namespace Selfsame.Recipes;

/// <summary>When to save, and how many to keep.</summary>
public sealed record CheckpointSettings : ICheckable
{
    /// <summary>Distance between checkpoints; the end of the run always has one. Default 1,000 steps.</summary>
    public Duration Every { get; init; } = new() { Steps = 1000 };

    /// <summary>Latest checkpoints kept, at least 1. Default 2.</summary>
    [Limits(1, 1_000_000, "the number of latest checkpoints kept"), Unit("checkpoints")]
    public int Keep { get; init; } = 2;

    /// <summary>A metric, such as <c>knn.accuracy</c>, whose best checkpoint is kept as well. Null (default): none.</summary>
    public string? Best { get; init; }

    /// <summary>Stop when <see cref="Best"/> has not improved for this long, and go back to its checkpoint for the final evaluation. Null (default): train to the end.</summary>
    public Duration? Patience { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Patience is not null && Best is null)
            yield return new("patience", "needs a metric to watch; set best, such as best: knn_accuracy");
        if (Patience?.Time is not null)
            yield return new("patience", "is a time; give steps, samples or epochs, so that a repeated run stops at the same place");
    }
}

/// <summary>When to write metrics.</summary>
public sealed record LogSettings
{
    /// <summary>Distance between lines; each holds the mean since the last, and waits for the device. Default 10 steps.</summary>
    public Duration Every { get; init; } = new() { Steps = 10 };
}

/// <summary>What to do about losses that explode. A step that is skipped leaves weights and teacher as they were.</summary>
public sealed record GuardSettings
{
    /// <summary>Skipped steps in a row after which the run stops, at least 0. Default 10.</summary>
    [Limits(0, 1_000_000, "the number of skipped steps in a row"), Unit("steps")]
    public int MaxSkipped { get; init; } = 10;

    /// <summary>A step is skipped when its loss exceeds the median of the window this many times; above 1. Null (default): only when the loss is not finite.</summary>
    [Limits(1, 1e9, "a multiple of the median loss", AboveMin = true)]
    public double? SpikeFactor { get; init; }

    /// <summary>Steps the median is taken over, at least 1. Default 100.</summary>
    [Limits(1, 1_000_000, "the number of steps the median is taken over"), Unit("steps")]
    public int Window { get; init; } = 100;
}
