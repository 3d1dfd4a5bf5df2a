namespace Selfsame.Generation;

/// <summary>What the output of a flow model stands for.</summary>
public enum FlowPrediction
{
    /// <summary>dx/dt in data time.</summary>
    Velocity,

    /// <summary>∇ log p(x).</summary>
    Score,

    /// <summary>The noise in x.</summary>
    Noise,
}

/// <summary>The data times that are trained on or sampled over; the ends are cut where a formula would divide by zero.</summary>
/// <remarks>Ma et al. 2024, https://arxiv.org/abs/2401.08740, official code. Data time: 0 is noise, 1 is data.</remarks>
/// <param name="Start">First time, at least 0.</param>
/// <param name="End">Last time, at most 1.</param>
public readonly record struct TimeInterval(double Start, double End)
{
    private const double SamplingCut = 1e-3;

    /// <summary>Times to train on.</summary>
    /// <param name="path">Path.</param>
    /// <param name="prediction">What the model puts out.</param>
    /// <param name="cut">Left out at a dangerous end; null takes 1e-3, or 1e-5 on the variance-preserving path.</param>
    public static TimeInterval ForTraining(InterpolantPath path, FlowPrediction prediction, double? cut = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Cut(path, prediction, cut ?? (path.ReachesEnds ? 1e-3 : 1e-5));
    }

    /// <summary>Times that a deterministic sampler goes through.</summary>
    /// <param name="path">Path.</param>
    /// <param name="prediction">What the model puts out.</param>
    /// <param name="cut">Left out at a dangerous end.</param>
    public static TimeInterval ForOde(InterpolantPath path, FlowPrediction prediction, double cut = SamplingCut) => Cut(path, prediction, cut);

    /// <summary>Times that a stochastic sampler goes through before its last step.</summary>
    /// <param name="path">Path.</param>
    /// <param name="prediction">What the model puts out.</param>
    /// <param name="form">Shape of the added noise.</param>
    /// <param name="lastStep">Length of the last step; 0 for none.</param>
    /// <param name="cut">Left out at a dangerous end.</param>
    public static TimeInterval ForSde(InterpolantPath path, FlowPrediction prediction, DiffusionForm form, double lastStep, double cut = SamplingCut)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.ReachesEnds && prediction == FlowPrediction.Velocity)
            cut = 0;
        var cutStart = path.ReachesEnds && (form == DiffusionForm.ScoreBased || prediction != FlowPrediction.Velocity);
        return new(cutStart ? cut : 0, 1 - (lastStep > 0 ? lastStep : cut));
    }

    /// <summary>Spreads a draw from 0..1 over the interval.</summary>
    public double At(double share) => Start + (share * (End - Start));

    /// <summary>Evenly spaced times, both ends included.</summary>
    /// <param name="points">At least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two points.</exception>
    public double[] Grid(int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        var grid = new double[points];
        for (var k = 0; k < points; k++)
            grid[k] = At(k / (double)(points - 1));
        return grid;
    }

    private static TimeInterval Cut(InterpolantPath path, FlowPrediction prediction, double cut)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.ReachesEnds)
            return new(0, 1 - cut);
        return prediction == FlowPrediction.Velocity ? new(0, 1) : new(cut, 1 - cut);
    }
}
