namespace Selfsame.Training.Schedules;

/// <summary>Learning rate of nanoGPT: a warm-up that starts above 0, half a cosine wave, then the end rate for good.</summary>
/// <param name="Rate">Highest value, reached at <paramref name="Warmup"/>.</param>
/// <param name="EndRate">Value from <paramref name="Total"/> on.</param>
/// <param name="Warmup">Steps of warm-up, from 0; step s of them has (s + 1) / (Warmup + 1) of the rate.</param>
/// <param name="Total">Step at which the end rate is reached, more than <paramref name="Warmup"/>.</param>
/// <remarks>karpathy/nanoGPT, train.py, get_lr.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A length is outside its range.</exception>
public sealed record NanoGptCosineSchedule(double Rate, double EndRate, double Warmup, double Total) : ISchedule
{
    /// <summary>Steps of warm-up.</summary>
    public double Warmup { get; init; } = Curve.NotNegative(Warmup, nameof(Warmup));

    /// <summary>Step at which the end rate is reached.</summary>
    public double Total { get; init; } = Curve.Beyond(Warmup, Total, nameof(Total));

    /// <inheritdoc/>
    public double At(double step)
    {
        if (step < Warmup)
            return Rate * (step + 1) / (Warmup + 1);
        return step > Total ? EndRate : Curve.Cosine(Rate, EndRate, (step - Warmup) / (Total - Warmup));
    }
}
