namespace Selfsame.Training.Schedules;

/// <summary>The same value throughout.</summary>
/// <param name="Value">That value.</param>
public sealed record ConstantSchedule(double Value) : ISchedule
{
    /// <inheritdoc/>
    public double At(double step) => Value;
}
