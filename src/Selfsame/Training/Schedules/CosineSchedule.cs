namespace Selfsame.Training.Schedules;

/// <summary>Half a cosine wave from one value to another, which then stays. No warm-up.</summary>
/// <param name="Start">Value at step 0.</param>
/// <param name="End">Value from <paramref name="Length"/> on.</param>
/// <param name="Length">Steps from start to end; more than 0.</param>
/// <remarks>Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983, without restarts.</remarks>
/// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
public sealed record CosineSchedule(double Start, double End, double Length) : ISchedule
{
    /// <summary>Steps from start to end.</summary>
    public double Length { get; init; } = Curve.Positive(Length, nameof(Length));

    /// <inheritdoc/>
    public double At(double step) => step >= Length ? End : Curve.Cosine(Start, End, step / Length);
}
