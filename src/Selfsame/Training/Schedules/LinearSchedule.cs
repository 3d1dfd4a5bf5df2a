namespace Selfsame.Training.Schedules;

/// <summary>A straight line from one value to another, which then stays.</summary>
/// <param name="Start">Value at step 0.</param>
/// <param name="End">Value from <paramref name="Length"/> on.</param>
/// <param name="Length">Steps from start to end; more than 0.</param>
/// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
public sealed record LinearSchedule(double Start, double End, double Length) : ISchedule
{
    /// <summary>Steps from start to end.</summary>
    public double Length { get; init; } = Curve.Positive(Length, nameof(Length));

    /// <inheritdoc/>
    public double At(double step) => step >= Length ? End : Curve.Linear(Start, End, step / Length);
}
