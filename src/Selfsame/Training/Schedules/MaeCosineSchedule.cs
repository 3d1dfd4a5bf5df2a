namespace Selfsame.Training.Schedules;

/// <summary>Learning rate of MAE and its relatives: from 0 up to the rate, then half a cosine wave down to the end rate.</summary>
/// <param name="Rate">Highest value, reached at the end of the warm-up.</param>
/// <param name="EndRate">Value at <paramref name="Total"/>.</param>
/// <param name="Warmup">Length of the warm-up, from 0; MAE counts in fractional epochs.</param>
/// <param name="Total">Length of the whole, more than <paramref name="Warmup"/>. The wave swings back up beyond it.</param>
/// <remarks>He et al. 2021, https://arxiv.org/abs/2111.06377; facebookresearch/mae, util/lr_sched.py.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A length is outside its range.</exception>
public sealed record MaeCosineSchedule(double Rate, double EndRate, double Warmup, double Total) : ISchedule
{
    /// <summary>Length of the warm-up.</summary>
    public double Warmup { get; init; } = Curve.NotNegative(Warmup, nameof(Warmup));

    /// <summary>Length of the whole.</summary>
    public double Total { get; init; } = Curve.Beyond(Warmup, Total, nameof(Total));

    /// <inheritdoc/>
    public double At(double step) => step < Warmup
        ? Rate * step / Warmup
        : Curve.Cosine(Rate, EndRate, (step - Warmup) / (Total - Warmup));
}
