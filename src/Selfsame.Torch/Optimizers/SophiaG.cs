namespace Selfsame.Torch;

/// <summary>Clipped second-order steps. Liu et al. 2023, https://arxiv.org/abs/2305.14342.</summary>
public sealed record SophiaGSettings : OptimizerSettings
{
    /// <summary>Share of the gradient's average kept at each step, 0 to below 1. Default 0.965.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta1
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.965;

    /// <summary>Share of the curvature's average kept at each estimate, 0 to below 1. Default 0.99.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta2
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.99;

    /// <summary>Scale of the curvature, above 0: the larger, the fewer elements are clipped. Default 0.04.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Rho
    {
        get;
        init => field = Numbers.AboveZero(value);
    } = 0.04;

    /// <summary>Labels that the loss averages over in one step, above 0; for a language model the tokens of a batch. The estimate is a mean's squared gradient, so it is smaller by this.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public required double BatchSize
    {
        get;
        init => field = Numbers.AboveZero(value);
    }

    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new SophiaG(this, arena, groups);
}

/// <summary>Sophia with the Gauss-Newton-Bartlett estimate of the curvature's diagonal.</summary>
/// <remarks>
/// w ← w (1 - rate · decay); m ← β₁m + (1 - β₁)g; w ← w - rate · sign(m) · min(|m| / (ρ · BatchSize · h + 1e-15), 1). While h is zero this is a
/// step along the signs. Every ten steps or so: sample labels from the model (<see cref="SampleLabels"/>), run the backward pass of the loss
/// against them, and call <see cref="UpdateHessian"/>. Liu et al. 2023, https://arxiv.org/abs/2305.14342, as in Liuhong99/Sophia.
/// </remarks>
public sealed class SophiaG : Optimizer
{
    private readonly SophiaGSettings _settings;
    private readonly Tensor _first, _hessian;

    /// <summary>Starts with averages at zero.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public SophiaG(SophiaGSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        (_first, _hessian) = (AddState("exp_avg"), AddState("hessian"));
    }

    /// <summary>Draws a label from the softmax of each row, by the inverse of the cumulative distribution.</summary>
    /// <param name="logits">(rows, classes).</param>
    /// <param name="uniform">Draws from [0, 1), (rows).</param>
    /// <returns>The first class whose cumulative probability reaches the draw, int64 (rows).</returns>
    public static Tensor SampleLabels(Tensor logits, Tensor uniform)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(uniform);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var cumulativeRC = logits.Softmax(-1).Cumsum(-1);
        // Rounding can leave the last cumulative value below the draw.
        return scope.MoveOut(cumulativeRC.Lt(uniform.Unsqueeze(-1)).Sum(-1, keepDim: false).ClampMax(logits.Size(-1) - 1));
    }

    /// <summary>Takes the gradients, now those of the loss against labels sampled from the model, into the estimate of the curvature.</summary>
    /// <param name="gradientScale">Gradients count times this.</param>
    /// <remarks>h ← β₂h + (1 - β₂)g². Clear the gradients afterwards.</remarks>
    public void UpdateHessian(double gradientScale = 1)
    {
        using var guard = GradMode.Off();
        _hessian.MulInPlace(_settings.Beta2);
        _hessian.AddcmulInPlace(Gradients, Gradients, (1 - _settings.Beta2) * gradientScale * gradientScale);
    }

    private protected override void Update(double gradientScale) =>
        Arena.Weights.SophiaStepInPlace(Gradients, _first, _hessian, Arena.Low, Segments.Bounds, Segments.RatesAt(Rate), Segments.Decays,
            _settings.Beta1, _settings.Rho * _settings.BatchSize, gradientScale);
}
