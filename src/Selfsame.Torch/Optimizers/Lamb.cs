namespace Selfsame.Torch;

/// <summary>Adam whose step in each parameter is scaled by a ratio of norms. You et al. 2019, https://arxiv.org/abs/1904.00962.</summary>
public sealed record LambSettings : OptimizerSettings
{
    /// <summary>Share of the first moment kept at each step, 0 to below 1. Default 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta1
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.9;

    /// <summary>Share of the second moment kept at each step, 0 to below 1. Default 0.999.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta2
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.999;

    /// <summary>Added to the root of the second moment, above 0. Default 1e-6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Eps
    {
        get;
        init => field = Numbers.AboveZero(value);
    } = 1e-6;

    /// <summary>Weight norms count as at most this, above 0. Default 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double MaxNorm
    {
        get;
        init => field = Numbers.AboveZero(value);
    } = 10;

    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new Lamb(this, arena, groups);
}

/// <summary>Layer-wise adaptive moments: Adam's direction, with a step proportional to the parameter's norm.</summary>
/// <remarks>
/// m, v as in Adam but without bias correction; u = m / (√v + ε) + decay · w; w ← w - rate · min(|w|, MaxNorm) / |u| · u, per parameter; the
/// ratio is 1 where either norm is 0 or the group is not adapted. You et al. 2019, https://arxiv.org/abs/1904.00962, as in cybertronai/pytorch-lamb.
/// </remarks>
public sealed class Lamb : Optimizer
{
    private readonly LambSettings _settings;
    private readonly Tensor _first, _second;
    private readonly double[] _ratios;

    /// <summary>Starts with moments at zero.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public Lamb(LambSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        (_first, _second) = (AddState("exp_avg"), AddState("exp_avg_sq"));
        _ratios = new double[groups.Count];
        Array.Fill(_ratios, 1);
    }

    /// <summary>Ratio of norms of each parameter at the last step, in the order of the arena.</summary>
    public IReadOnlyList<double> Ratios => _ratios;

    private protected override Segments CreateSegments() => Segments.Separate(Arena, Groups, _ => true);

    private protected override void Update(double gradientScale)
    {
        var rates = Segments.RatesAt(Rate);
        var norms = Ops.LambMomentsInPlace(_first, _second, Gradients, Arena.Weights, Segments.Bounds, rates, Segments.Decays,
            _settings.Beta1, _settings.Beta2, _settings.Eps, gradientScale).ToArray<double>();
        for (var k = 0; k < _ratios.Length; k++)
        {
            var (weight, update) = (Math.Min(norms[2 * k], _settings.MaxNorm), norms[(2 * k) + 1]);
            _ratios[k] = Segments.Adapts[k] && weight != 0 && update != 0 ? weight / update : 1;
            rates[k] *= _ratios[k];
        }

        Arena.Weights.LambStepInPlace(_first, _second, Arena.Low, Segments.Bounds, rates, Segments.Decays, _settings.Eps);
    }
}
