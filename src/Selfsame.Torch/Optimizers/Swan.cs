namespace Selfsame.Torch;

/// <summary>Whitened gradient descent without state. Ma et al. 2024, https://arxiv.org/abs/2412.13148.</summary>
public sealed record SwanSettings : OptimizerSettings
{
    /// <summary>Newton-Schulz iterations, at least 1. Default 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public int Iterations
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Iterations));
            field = value;
        }
    } = 10;

    /// <summary>Step of a Newton-Schulz iteration, above 0. Default 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Beta
    {
        get;
        init => field = Numbers.AboveZero(value);
    } = 0.5;

    /// <summary>Scaling before the iteration. Default <see cref="WhiteningScale.Matrix"/>; <see cref="WhiteningScale.Gram"/> needs fewer iterations.</summary>
    public WhiteningScale Scale { get; init; } = WhiteningScale.Matrix;

    /// <summary>Give each direction the norm of the standardised gradient, so that a typical element is 1 and Adam's rates fit. Default false.</summary>
    public bool Rescale { get; init; }

    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new Swan(this, arena, groups);
}

/// <summary>SGD with normalisation and whitening: the gradient of every matrix gets singular values 1; nothing is remembered between steps.</summary>
/// <remarks>
/// Ma et al. 2024, https://arxiv.org/abs/2412.13148. A matrix gradient is standardised by rows, then whitened along its shorter side. The
/// paper leaves open what is no matrix; here:
/// parameters of more than two dimensions are matrices of (first, rest), as convolutions are; vectors and scalars move along g / |g|, which is
/// the whitening of a matrix of one row (without standardising, which would forbid all biases to move together), times √n when rescaling.
/// Weight decay, which the paper does not use, is decoupled as in <see cref="AdamW"/>.
/// </remarks>
public sealed class Swan : Optimizer
{
    private readonly SwanSettings _settings;

    /// <summary>Has no state.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public Swan(SwanSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
    }

    /// <summary>Where a gradient leads, before the rate.</summary>
    /// <param name="gradient">Gradient of one parameter, of any shape; its length does not matter.</param>
    /// <returns>Of the same shape; zero for a zero gradient.</returns>
    public Tensor Direction(Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        if (gradient.Dimensions < 2)
        {
            var unit = gradient / gradient.VectorNorm().ClampMin(1e-37);
            return scope.MoveOut(_settings.Rescale ? unit * Math.Sqrt(gradient.ElementCount) : unit);
        }

        var rows = Whitening.StandardizeRows(gradient.Reshape([gradient.Size(0), -1]));
        var white = Whitening.NewtonSchulz(rows, _settings.Iterations, _settings.Beta, _settings.Scale);
        if (_settings.Rescale)
            white = white * (rows.VectorNorm() / white.VectorNorm().ClampMin(1e-37));
        return scope.MoveOut(white.Reshape(gradient.Shape));
    }

    // The directions do not depend on the gradients' length, so the scale does not matter.
    private protected override void Update(double gradientScale)
    {
        for (var k = 0; k < Groups.Count; k++)
        {
            var group = Groups[k];
            if (group.Frozen)
                continue;
            using var scope = Scope.Enter();
            var weights = Arena.Parameters[k].Value;
            var gradient = Gradients.Narrow(0, Arena.Offset(k), weights.ElementCount).View(weights.Shape);
            var rate = Rate * group.RateScale;
            if (group.Decay > 0)
                weights.MulInPlace(1 - (rate * group.Decay));
            weights.SubInPlace(Direction(gradient), rate);
        }

        Arena.RefreshLow();
    }
}
