using Selfsame.Corruption;

namespace Selfsame.Generation;

/// <summary>Deterministic or stochastic sampling.</summary>
public enum SamplerKind
{
    /// <summary>The probability flow.</summary>
    Ode,

    /// <summary>The flow with noise added and taken away again.</summary>
    Sde,
}

/// <summary>How <see cref="FlowSampler"/> gets from noise to data.</summary>
public sealed record SamplerSettings
{
    /// <summary>Deterministic or stochastic.</summary>
    public SamplerKind Kind { get; init; } = SamplerKind.Ode;

    /// <summary>How a step is approximated. The last Heun step of the deterministic sampler is an Euler step.</summary>
    public StepMethod Method { get; init; } = StepMethod.Euler;

    /// <summary>Steps, counting the last one; at least 1, for stochastic sampling at least 2. Paper: 50 deterministic, 250 stochastic ones.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Moves the steps towards noise, more than 0; see <see cref="NoiseLevels.Shift"/>. 1 spaces them evenly.</summary>
    public double Shift { get; init; } = 1;

    /// <summary>Guidance towards the labels; null for none.</summary>
    public Guidance? Guidance { get; init; }

    /// <summary>Stochastic only: how the last piece of time is covered.</summary>
    public LastStep LastStep { get; init; } = LastStep.Mean;

    /// <summary>Stochastic only: length of that piece before the shift, between 0 and 1. Official code: 0.04.</summary>
    public double LastStepSize { get; init; } = 0.04;

    /// <summary>Stochastic only: shape of the added noise over time.</summary>
    public DiffusionForm Diffusion { get; init; } = DiffusionForm.Sigma;

    /// <summary>Stochastic only: factor of the added noise, at least 0.</summary>
    public double DiffusionNorm { get; init; } = 1;

    /// <summary>Noise levels before the first step, between steps, and after the last one: from 1 down to 0.</summary>
    /// <returns><see cref="Steps"/> + 1 levels.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public double[] Levels()
    {
        Check();
        if (Kind == SamplerKind.Ode || LastStep == LastStep.None)
            return NoiseLevels.SamplingGrid(Steps, Shift);
        var levels = new double[Steps + 1];
        for (var k = 0; k < Steps; k++)
            levels[k] = 1 - (k / (double)(Steps - 1) * (1 - LastStepSize));
        NoiseLevels.Shift(levels, Shift);
        return levels;
    }

    private void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, Kind == SamplerKind.Sde && LastStep != LastStep.None ? 2 : 1, nameof(Steps));
        if (Kind == SamplerKind.Ode)
            return;
        if (LastStepSize is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(LastStepSize), LastStepSize, "more than 0 and less than 1; for no last step set it to None");
        ArgumentOutOfRangeException.ThrowIfNegative(DiffusionNorm);
        if (LastStep == LastStep.None && Method == StepMethod.Heun)
            throw new ArgumentOutOfRangeException(nameof(Method), Method, "stochastic Heun needs a last step, since the score at noise level 0 is infinite");
        if (Diffusion == DiffusionForm.ScoreBased)
            throw new ArgumentOutOfRangeException(nameof(Diffusion), Diffusion, "infinite at pure noise on the linear path; choose another form");
    }
}
