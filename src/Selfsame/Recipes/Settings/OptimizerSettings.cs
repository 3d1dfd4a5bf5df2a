namespace Selfsame.Recipes;

/// <summary>An update rule and its peak rate. Weight decay belongs to <see cref="ParameterRule"/>.</summary>
[ExactlyOneOf("rate", "rate_per_256")]
public abstract record OptimizerSettings
{
    /// <summary>Peak learning rate, above 0.</summary>
    [Limits(0, 1e6, "the peak learning rate", AboveMin = true)]
    public double? Rate { get; init; }

    /// <summary>Peak learning rate for a batch of 256, above 0; the rate used is this times batch / 256. Goyal et al. 2017, arXiv:1706.02677.</summary>
    [Key("rate_per_256"), Limits(0, 1e6, "the peak learning rate for a batch of 256", AboveMin = true)]
    public double? RatePer256 { get; init; }

    /// <summary>Peak learning rate for a batch.</summary>
    /// <param name="batch">Samples in one optimizer step.</param>
    /// <exception cref="InvalidOperationException">Neither rate is set.</exception>
    public double RateFor(int batch) => Rate ?? RatePer256 * batch / 256
        ?? throw new InvalidOperationException("An optimizer needs rate or rate_per_256.");
}

/// <summary>Adam with decoupled weight decay. Loshchilov and Hutter 2017, arXiv:1711.05101.</summary>
public sealed record AdamWSettings : OptimizerSettings
{
    /// <summary>Decay of the first and second moment, 0 to below 1. Default 0.9, 0.999.</summary>
    [Count(2, 2), Limits(0, 1, "the decay of a moment", BelowMax = true)]
    public EquatableList<double> Betas { get; init; } = [0.9, 0.999];

    /// <summary>Added to the root of the second moment, above 0. Default 1e-8.</summary>
    [Limits(0, 1, "added to the root of the second moment", AboveMin = true)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Divide by the largest second moment so far. Reddi et al. 2018. Default false.</summary>
    public bool Amsgrad { get; init; }
}

/// <summary>Adam; weight decay is added to the gradient. Kingma and Ba 2014, arXiv:1412.6980.</summary>
public sealed record AdamSettings : OptimizerSettings
{
    /// <summary>Decay of the first and second moment, 0 to below 1. Default 0.9, 0.999.</summary>
    [Count(2, 2), Limits(0, 1, "the decay of a moment", BelowMax = true)]
    public EquatableList<double> Betas { get; init; } = [0.9, 0.999];

    /// <summary>Added to the root of the second moment, above 0. Default 1e-8.</summary>
    [Limits(0, 1, "added to the root of the second moment", AboveMin = true)]
    public double Eps { get; init; } = 1e-8;
}

/// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
public sealed record SgdSettings : OptimizerSettings, ICheckable
{
    /// <summary>Share of the last update kept, 0 to below 1. Default 0.9.</summary>
    [Limits(0, 1, "the share of the last update kept", BelowMax = true)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Share of the gradient left out of the momentum buffer, 0 to 1. Default 0.</summary>
    [Limits(0, 1, "the share of the gradient left out of the momentum")]
    public double Dampening { get; init; }

    /// <summary>Look ahead along the momentum. Default false.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Nesterov && (Momentum == 0 || Dampening != 0))
            yield return new("nesterov", "is true; it needs momentum above 0 and dampening 0");
    }
}

/// <summary>SGD whose rate follows the ratio of weight norm to gradient norm in each tensor. You et al. 2017, arXiv:1708.03888.</summary>
public sealed record LarsSettings : OptimizerSettings
{
    /// <summary>Share of the last update kept, 0 to below 1. Default 0.9.</summary>
    [Limits(0, 1, "the share of the last update kept", BelowMax = true)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Rate in units of weight norm over gradient norm, above 0. Default 0.001.</summary>
    [Limits(0, 1e6, "the rate in units of weight norm over gradient norm", AboveMin = true)]
    public double Trust { get; init; } = 0.001;

    /// <summary>Keep the learning rate inside the momentum buffer, as SimCLR's code does. Default false.</summary>
    public bool ClassicMomentum { get; init; }

    /// <summary>Look ahead along the momentum. Default false.</summary>
    public bool Nesterov { get; init; }
}

/// <summary>Adam whose rate follows the ratio of weight norm to update norm in each tensor. You et al. 2019, arXiv:1904.00962.</summary>
public sealed record LambSettings : OptimizerSettings
{
    /// <summary>Decay of the first and second moment, 0 to below 1. Default 0.9, 0.999.</summary>
    [Count(2, 2), Limits(0, 1, "the decay of a moment", BelowMax = true)]
    public EquatableList<double> Betas { get; init; } = [0.9, 0.999];

    /// <summary>Added to the root of the second moment, above 0. Default 1e-6.</summary>
    [Limits(0, 1, "added to the root of the second moment", AboveMin = true)]
    public double Eps { get; init; } = 1e-6;

    /// <summary>Largest weight norm that still raises the rate, above 0. Default 10.</summary>
    [Limits(0, 1e6, "the largest weight norm that still raises the rate", AboveMin = true)]
    public double MaxNorm { get; init; } = 10;
}

/// <summary>Clipped second-order steps with a Gauss-Newton-Bartlett estimate of the curvature. Liu et al. 2023, arXiv:2305.14342.</summary>
public sealed record SophiaGSettings : OptimizerSettings
{
    /// <summary>Decay of gradient and curvature averages, 0 to below 1. Default 0.965, 0.99.</summary>
    [Count(2, 2), Limits(0, 1, "the decay of an average", BelowMax = true)]
    public EquatableList<double> Betas { get; init; } = [0.965, 0.99];

    /// <summary>Scale of the curvature; the larger, the fewer elements are clipped. Above 0. Default 0.04.</summary>
    [Limits(0, 1e6, "the scale of the curvature", AboveMin = true)]
    public double Rho { get; init; } = 0.04;

    /// <summary>Steps between estimates of the curvature, at least 1. Default 10.</summary>
    [Limits(1, 1_000_000, "the number of steps between estimates of the curvature"), Unit("steps")]
    public int CurvatureEvery { get; init; } = 10;
}

/// <summary>Gradients of matrices are normalized and whitened, without any state. Ma et al. 2024, arXiv:2412.13148.</summary>
public sealed record SwanSettings : OptimizerSettings
{
    /// <summary>Newton-Schulz iterations of the whitening, at least 1. Default 10.</summary>
    [Limits(1, 100, "the number of Newton-Schulz iterations"), Unit("iterations")]
    public int Iterations { get; init; } = 10;

    /// <summary>Step of a Newton-Schulz iteration, above 0 to 1. Default 0.5.</summary>
    [Limits(0, 1, "the step of a Newton-Schulz iteration", AboveMin = true)]
    public double Beta { get; init; } = 0.5;

    /// <summary>Give the whitened gradient the norm of the normalized one. Default false.</summary>
    public bool Rescale { get; init; }
}
