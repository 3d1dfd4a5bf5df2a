namespace Selfsame.Training.Schedules;

/// <summary>Learning rate "cosine" of Hugging Face transformers: from 0 up to the rate, then half a cosine wave down to 0.</summary>
/// <param name="Rate">Highest value, reached at the end of the warm-up.</param>
/// <param name="Warmup">Steps of warm-up, from 0.</param>
/// <param name="Total">Step at which 0 is reached, at least <paramref name="Warmup"/>. The wave swings back up beyond it.</param>
/// <remarks>huggingface/transformers, optimization.py, get_cosine_schedule_with_warmup with half a cycle.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A length is outside its range.</exception>
public sealed record HuggingFaceCosineSchedule(double Rate, double Warmup, double Total) : ISchedule
{
    /// <summary>Steps of warm-up.</summary>
    public double Warmup { get; init; } = Curve.NotNegative(Warmup, nameof(Warmup));

    /// <summary>Step at which 0 is reached.</summary>
    public double Total { get; init; } = HuggingFace.NotBefore(Warmup, Total, nameof(Total));

    /// <inheritdoc/>
    public double At(double step) => Rate * (step < Warmup
        ? HuggingFace.WarmupShare(step, Warmup)
        : Math.Max(0, Curve.Cosine(1, 0, (step - Warmup) / Math.Max(1, Total - Warmup))));
}

/// <summary>Learning rate "linear" of Hugging Face transformers: from 0 up to the rate, then a straight line down to 0.</summary>
/// <param name="Rate">Highest value, reached at the end of the warm-up.</param>
/// <param name="Warmup">Steps of warm-up, from 0.</param>
/// <param name="Total">Step from which the value is 0, at least <paramref name="Warmup"/>.</param>
/// <remarks>huggingface/transformers, optimization.py, get_linear_schedule_with_warmup.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A length is outside its range.</exception>
public sealed record HuggingFaceLinearSchedule(double Rate, double Warmup, double Total) : ISchedule
{
    /// <summary>Steps of warm-up.</summary>
    public double Warmup { get; init; } = Curve.NotNegative(Warmup, nameof(Warmup));

    /// <summary>Step from which the value is 0.</summary>
    public double Total { get; init; } = HuggingFace.NotBefore(Warmup, Total, nameof(Total));

    /// <inheritdoc/>
    public double At(double step) => Rate * (step < Warmup
        ? HuggingFace.WarmupShare(step, Warmup)
        : Math.Max(0, (Total - step) / Math.Max(1, Total - Warmup)));
}

/// <summary>What the two have in common; lengths below 1 count as 1, as they do there.</summary>
internal static class HuggingFace
{
    internal static double WarmupShare(double step, double warmup) => step / Math.Max(1, warmup);

    internal static double NotBefore(double warmup, double total, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, warmup, name);
        return total;
    }
}
