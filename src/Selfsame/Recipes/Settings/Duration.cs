namespace Selfsame.Recipes;

/// <summary>A stretch of training in exactly one unit; once rounded to optimizer steps, it is never less than one.</summary>
[ExactlyOneOf("steps", "samples", "epochs", "time")]
public sealed record Duration : ICheckable
{
    private const long Most = 1_000_000_000_000_000;

    /// <summary>Optimizer steps, at least 1.</summary>
    [Limits(1, Most, "a number of optimizer steps")]
    public long? Steps { get; init; }

    /// <summary>Samples seen, repeats counted, at least 1; rounded up to whole steps.</summary>
    [Limits(1, Most, "a number of samples")]
    public long? Samples { get; init; }

    /// <summary>Passes through the data, fractions allowed, above 0; rounded up to whole steps.</summary>
    [Limits(0, 1e9, "a number of passes through the data", AboveMin = true)]
    public double? Epochs { get; init; }

    /// <summary>Time by the clock, such as <c>90s</c>, <c>10m</c> or <c>2h30m</c>; the step under way is finished.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The stretch in optimizer steps; null when it is a time.</summary>
    /// <param name="batch">Samples in one step, at least 1.</param>
    /// <param name="samplesPerEpoch">Samples in the data, at least 1.</param>
    public long? ToSteps(long batch, long samplesPerEpoch) =>
        Steps is { } steps ? steps
        : Samples is { } samples ? (samples + batch - 1) / batch
        : Epochs is { } epochs ? Math.Max(1, (long)Math.Ceiling(epochs * samplesPerEpoch / batch))
        : null;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Time is { } time && time <= TimeSpan.Zero)
            yield return new("time", $"is {Scalars.Format(time)}; it is a time by the clock, so it is above 0s");
    }
}

/// <summary>A part of a run, possibly none of it, in exactly one unit.</summary>
[ExactlyOneOf("steps", "samples", "epochs", "percent")]
public sealed record Amount
{
    private const long Most = 1_000_000_000_000_000;

    /// <summary>Optimizer steps, at least 0.</summary>
    [Limits(0, Most, "a number of optimizer steps")]
    public long? Steps { get; init; }

    /// <summary>Samples seen, at least 0; rounded up to whole steps.</summary>
    [Limits(0, Most, "a number of samples")]
    public long? Samples { get; init; }

    /// <summary>Passes through the data, at least 0; rounded up to whole steps.</summary>
    [Limits(0, 1e9, "a number of passes through the data")]
    public double? Epochs { get; init; }

    /// <summary>Share of the whole run in percent, 0 to 100; rounded to the nearest step.</summary>
    [Limits(0, 100, "a share of the run in percent")]
    public double? Percent { get; init; }

    /// <summary>Nothing.</summary>
    public static Amount None { get; } = new() { Steps = 0 };

    /// <summary>The part in optimizer steps.</summary>
    /// <param name="total">Steps of the whole run.</param>
    /// <param name="batch">Samples in one step, at least 1.</param>
    /// <param name="samplesPerEpoch">Samples in the data, at least 1.</param>
    public long ToSteps(long total, long batch, long samplesPerEpoch) =>
        Steps is { } steps ? steps
        : Samples is { } samples ? (samples + batch - 1) / batch
        : Epochs is { } epochs ? (long)Math.Ceiling(epochs * samplesPerEpoch / batch)
        : (long)Math.Round(total * (Percent ?? 0) / 100);
}
