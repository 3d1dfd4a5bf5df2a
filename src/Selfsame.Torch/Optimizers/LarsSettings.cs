namespace Selfsame.Torch;

/// <summary>The definitions of LARS in use. They differ as soon as the rate changes, a weight is zero, or decay is not small.</summary>
public enum LarsKind
{
    /// <summary>Ratio |w| / |g + decay · w|; the rate stays outside the momentum buffer. As in facebookresearch/moco-v3 (also MAE's linear probe).</summary>
    Moco,

    /// <summary>The same ratio, with rate and ratio inside the momentum buffer. As in google-research/simclr with classic momentum, its default.</summary>
    SimClr,

    /// <summary>Ratio |w| / |update|, taken after the momentum. As in google-research/simclr without classic momentum.</summary>
    SimClrAfterMomentum,

    /// <summary>Ratio |w| / (|g| + decay · |w| + eps), optionally clipped. As in lightning-bolts and vturrisi/solo-learn.</summary>
    Bolts,
}

/// <summary>SGD whose step in each parameter is scaled by a ratio of norms. You et al. 2017, https://arxiv.org/abs/1708.03888.</summary>
public sealed record LarsSettings : OptimizerSettings
{
    /// <summary>Which definition. Default <see cref="LarsKind.Moco"/>.</summary>
    public LarsKind Kind { get; init; } = LarsKind.Moco;

    /// <summary>Share of the momentum buffer kept at each step, 0 to below 1. Default 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Momentum
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.9;

    /// <summary>Factor on the ratio of norms, above 0. Default 0.001; solo-learn uses 0.02 for some methods.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Trust
    {
        get;
        init => field = Numbers.AboveZero(value);
    } = 0.001;

    /// <summary>Look ahead along the momentum (Nesterov). Default false.</summary>
    public bool Nesterov { get; init; }

    /// <summary><see cref="LarsKind.Bolts"/> only: no parameter moves more than plain SGD would at this rate. Default false.</summary>
    public bool ClipRate { get; init; }

    /// <summary><see cref="LarsKind.Bolts"/> only: share of the gradient left out of the momentum buffer after the first step, 0 to 1. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Dampening
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Dampening), value, "expected a number from 0 to 1");
    }

    /// <summary><see cref="LarsKind.Bolts"/> only: added to the ratio's denominator, at least 0. Default 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Eps
    {
        get;
        init => field = Numbers.AtLeastZero(value);
    } = 1e-8;

    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new Lars(this, arena, groups);
}
