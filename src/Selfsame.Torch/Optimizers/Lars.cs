namespace Selfsame.Torch;

/// <summary>Layer-wise adaptive rate scaling: momentum SGD whose step in each parameter is proportional to the parameter's norm.</summary>
/// <remarks>
/// You et al. 2017, https://arxiv.org/abs/1708.03888, in the definition that <see cref="LarsKind"/> names. Parameters of fewer than two
/// dimensions, and those whose group says so, are not adapted: they take plain momentum SGD without weight decay, as in all of the official codes.
/// </remarks>
public sealed class Lars : Optimizer
{
    private readonly LarsSettings _settings;
    private readonly Tensor _buffer;
    private readonly double[] _ratios, _decays, _gains, _zeros, _ones;

    /// <summary>Starts with an empty momentum buffer.</summary>
    /// <inheritdoc cref="OptimizerSettings.Build(ParameterArena, IReadOnlyList{ParameterGroup})"/>
    public Lars(LarsSettings settings, ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Kind != LarsKind.Bolts && (settings.ClipRate || settings.Dampening != 0))
            throw new ArgumentException($"{settings.Kind} has neither clipped rates nor dampening; only {LarsKind.Bolts} has", nameof(settings));
        if (settings.Nesterov && settings.Dampening != 0)
            throw new ArgumentException("Nesterov's look-ahead needs no dampening", nameof(settings));
        _settings = settings;
        _buffer = AddState("momentum_buffer");
        var count = groups.Count;
        (_ratios, _decays, _gains, _zeros, _ones) = (new double[count], new double[count], new double[count], new double[count], new double[count]);
        Array.Fill(_ones, 1);
        Array.Fill(_ratios, 1);
    }

    /// <summary>Factor on each parameter's step at the last step, in the order of the arena: <see cref="LarsSettings.Trust"/> times the ratio of norms, or 1.</summary>
    public IReadOnlyList<double> Ratios => _ratios;

    private protected override Segments CreateSegments() => Segments.Separate(Arena, Groups, parameter => parameter.Value.Dimensions > 1);

    private protected override void Update(double gradientScale)
    {
        for (var k = 0; k < _decays.Length; k++)
            _decays[k] = Segments.Adapts[k] ? Segments.Decays[k] : 0;
        switch (_settings.Kind)
        {
            case LarsKind.Moco:
                Measure(Gradients, null, _decays, gradientScale, 0);
                Descend(Segments.RatesAt(Rate), _ratios, take: 1, gradientScale);
                break;
            case LarsKind.SimClr:
                Measure(Gradients, null, _decays, gradientScale, 0);
                for (var k = 0; k < _gains.Length; k++)
                    _gains[k] = Rate * Segments.RateScales[k] * _ratios[k];
                Descend(UnitRates(), _gains, take: 1, gradientScale);
                break;
            case LarsKind.SimClrAfterMomentum:
                UpdateAfterMomentum(gradientScale);
                break;
            case LarsKind.Bolts:
                MeasureBolts(gradientScale);
                Descend(Segments.RatesAt(Rate), _ratios, StepCount == 0 ? 1 : 1 - _settings.Dampening, gradientScale);
                break;
            default:
                throw new InvalidOperationException($"LARS of kind {_settings.Kind} is not known; kinds: {string.Join(", ", Enum.GetNames<LarsKind>())}.");
        }
    }

    /// <summary>The ratio's denominator is the norm of decays · w + gradientScale · gradients + bufferScale · buffer.</summary>
    private void Measure(Tensor? gradients, Tensor? buffer, double[] decays, double gradientScale, double bufferScale)
    {
        var norms = Arena.Weights.SegmentNorms(gradients, buffer, Segments.Bounds, decays, gradientScale, bufferScale, maximum: false).ToArray<double>();
        for (var k = 0; k < _ratios.Length; k++)
        {
            var (weight, update) = (norms[2 * k], norms[(2 * k) + 1]);
            _ratios[k] = Segments.Adapts[k] && weight > 0 && update > 0 ? _settings.Trust * weight / update : 1;
        }
    }

    private void MeasureBolts(double gradientScale)
    {
        var norms = Arena.Weights.SegmentNorms(Gradients, null, Segments.Bounds, _zeros, gradientScale, 0, maximum: false).ToArray<double>();
        for (var k = 0; k < _ratios.Length; k++)
        {
            var (weight, gradient) = (norms[2 * k], norms[(2 * k) + 1]);
            if (!Segments.Adapts[k] || weight == 0 || gradient == 0)
            {
                (_ratios[k], _decays[k]) = (1, 0);
                continue;
            }

            var local = _settings.Trust * weight / (gradient + (_decays[k] * weight) + _settings.Eps);
            _ratios[k] = _settings.ClipRate ? Math.Min(local / (Rate * Segments.RateScales[k]), 1) : local;
        }
    }

    /// <summary>Advances the buffer, measures the update that it gives, then takes it.</summary>
    private void UpdateAfterMomentum(double gradientScale)
    {
        var (bounds, momentum) = (Segments.Bounds, _settings.Momentum);
        Arena.Weights.MomentumStepInPlace(Gradients, _buffer, null, bounds, Segments.RatesAt(0), _decays, _ones, momentum, 1, false, gradientScale);
        if (_settings.Nesterov)
            Measure(Gradients, _buffer, _decays, gradientScale, momentum);
        else
            Measure(null, _buffer, _zeros, 0, 1);
        var rates = Segments.RatesAt(Rate);
        for (var k = 0; k < rates.Length; k++)
            rates[k] *= _ratios[k];
        if (_settings.Nesterov)
            Arena.Weights.MomentumStepInPlace(Gradients, null, null, bounds, rates, _decays, _ones, 0, 1, false, gradientScale);
        Arena.Weights.MomentumStepInPlace(_buffer, null, Arena.Low, bounds, rates, _zeros, _ones, 0, 1, false, _settings.Nesterov ? momentum : 1);
    }

    private void Descend(double[] rates, double[] gains, double take, double gradientScale) =>
        Arena.Weights.MomentumStepInPlace(Gradients, _buffer, Arena.Low, Segments.Bounds, rates, _decays, gains, _settings.Momentum, take, _settings.Nesterov, gradientScale);

    private double[] UnitRates()
    {
        for (var k = 0; k < Segments.Count; k++)
            Segments.Rates[k] = Segments.IsFrozen(k) ? Segments.FrozenScale : 1;
        return Segments.Rates;
    }
}
