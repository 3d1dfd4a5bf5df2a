namespace Selfsame.Torch;

/// <summary>Stochastic gradient descent with momentum, with PyTorch's rules.</summary>
public sealed record SgdSettings : OptimizerSettings
{
    /// <summary>Share of the momentum buffer kept at each step, 0 to below 1; 0 needs no buffer. Default 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Momentum
    {
        get;
        init => field = Numbers.Share(value);
    } = 0.9;

    /// <summary>Share of the gradient left out of the momentum buffer, 0 to 1; does not count at the first step. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Dampening
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Dampening), value, "expected a number from 0 to 1");
    }

    /// <summary>Look ahead along the momentum (Nesterov); needs momentum and no dampening. Default false.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override Optimizer Build(ParameterArena arena, IReadOnlyList<ParameterGroup> groups) => new Sgd(this, arena, groups);
}

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>
/// d = g + decay · w; b ← d at the first step, then b ← momentum · b + (1 - dampening) d; w ← w - rate · b, or w - rate (d + momentum · b)
/// with Nesterov's look-ahead. The rate is not in the buffer. Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html, in PyTorch's form.
/// </remarks>
public sealed class Sgd : Optimizer
{
    private readonly SgdSettings _settings;
    private readonly Tensor? _buffer;
    private double[] _gains = [];

    /// <summary>Starts with an empty momentum buffer.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public Sgd(SgdSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Nesterov && (settings.Momentum == 0 || settings.Dampening != 0))
            throw new ArgumentException("Nesterov's look-ahead needs momentum above 0 and no dampening", nameof(settings));
        _settings = settings;
        _buffer = settings.Momentum > 0 ? AddState("momentum_buffer") : null;
    }

    private protected override void Update(double gradientScale)
    {
        var take = StepCount == 0 ? 1 : 1 - _settings.Dampening;
        if (_gains.Length != Segments.Count)
        {
            _gains = new double[Segments.Count];
            Array.Fill(_gains, 1);
        }

        Arena.Weights.MomentumStepInPlace(Gradients, _buffer, Arena.Low, Segments.Bounds, Segments.RatesAt(Rate), Segments.Decays, _gains,
            _settings.Momentum, take, _settings.Nesterov, gradientScale);
    }
}
