namespace Selfsame.Torch;

/// <summary>Constants of the Adam family, with PyTorch's defaults.</summary>
public abstract record AdamFamilySettings : OptimizerSettings
{
    /// <summary>Share of the first moment kept at each step, 0 to below 1. Default 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta1
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.9;

    /// <summary>Share of the second moment kept at each step, 0 to below 1. Default 0.999; 0.95 is usual for masked modelling.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta2
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.999;

    /// <summary>Added to the root of the corrected second moment, above 0. Default 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Eps
    {
        get;
        init => field = Numbers.AboveZero(value);
    } = 1e-8;

    /// <summary>Divide by the root of the largest second moment so far: AMSGrad, Reddi et al. 2018, https://arxiv.org/abs/1904.09237. Default false.</summary>
    public bool Amsgrad { get; init; }
}

/// <summary>Adam with decoupled weight decay. Loshchilov and Hutter 2017, https://arxiv.org/abs/1711.05101.</summary>
public sealed record AdamWSettings : AdamFamilySettings
{
    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new AdamW(this, arena, groups);
}

/// <summary>Adam; weight decay is added to the gradient. Kingma and Ba 2014, https://arxiv.org/abs/1412.6980.</summary>
public sealed record AdamSettings : AdamFamilySettings
{
    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new Adam(this, arena, groups);
}

/// <summary>What Adam and AdamW share: two moments, and one pass over the arena for a whole step.</summary>
public abstract class AdamFamily : Optimizer
{
    private readonly AdamFamilySettings _settings;
    private readonly bool _coupled;
    private readonly Tensor _first, _second;
    private readonly Tensor? _maximum;

    private protected AdamFamily(AdamFamilySettings settings, bool coupled, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _coupled) = (settings, coupled);
        _first = AddState("exp_avg");
        _second = AddState("exp_avg_sq");
        _maximum = settings.Amsgrad ? AddState("max_exp_avg_sq") : null;
    }

    private protected override void Update(double gradientScale) =>
        Arena.Weights.AdamWStepInPlace(Gradients, _first, _second, _maximum, null, Arena.Low, Segments.Bounds, Segments.RateScales, Segments.Decays,
            Rate, _settings.Beta1, _settings.Beta2, _settings.Eps, StepCount + 1, gradientScale, teacherMomentum: 0, _coupled);
}

/// <summary>Adam with decoupled weight decay.</summary>
/// <remarks>
/// w ← w (1 - rate · decay); m ← β₁m + (1 - β₁)g; v ← β₂v + (1 - β₂)g²; w ← w - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).
/// Loshchilov and Hutter 2017, https://arxiv.org/abs/1711.05101.
/// </remarks>
public sealed class AdamW : AdamFamily
{
    /// <summary>Starts with moments at zero.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public AdamW(AdamWSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(settings, coupled: false, arena, groups)
    {
    }
}

/// <summary>Adam. Weight decay is added to the gradient before the moments (L2 regularisation), else as <see cref="AdamW"/>.</summary>
/// <remarks>Kingma and Ba 2014, https://arxiv.org/abs/1412.6980.</remarks>
public sealed class Adam : AdamFamily
{
    /// <summary>Starts with moments at zero.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public Adam(AdamSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(settings, coupled: true, arena, groups)
    {
    }
}
