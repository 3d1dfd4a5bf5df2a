namespace Selfsame.Torch;

/// <summary>How one parameter is trained. Parameters that are trained alike may share one object.</summary>
public sealed record ParameterGroup
{
    /// <summary>Trained at the optimizer's own rate, without weight decay.</summary>
    public static ParameterGroup Default { get; } = new();

    /// <summary>Factor on <see cref="Optimizer.Rate"/>, at least 0. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double RateScale
    {
        get;
        init => field = Numbers.AtLeastZero(value, nameof(RateScale));
    } = 1;

    /// <summary>Weight decay, at least 0. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double Decay
    {
        get;
        init => field = Numbers.AtLeastZero(value, nameof(Decay));
    }

    /// <summary>Leave the parameter as it is. The backward pass then skips it. Default false.</summary>
    public bool Frozen { get; init; }

    /// <summary>
    /// Scale the step by a ratio of norms, in LARS and LAMB; null for what the method does by itself: LARS adapts parameters of two and more
    /// dimensions, LAMB all. Other optimizers ignore it.
    /// </summary>
    public bool? Adapt { get; init; }
}
