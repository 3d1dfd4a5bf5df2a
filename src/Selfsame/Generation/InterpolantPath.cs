using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>How noise turns into data: x(t) = alpha(t) · data + sigma(t) · noise.</summary>
/// <remarks>
/// Time is <em>data time</em> throughout this class and the samplers: 0 is pure noise, 1 is data, and velocity is dx/dt on that clock.
/// Models and recipes of Self-Flow speak of the <em>noise level</em> 1 − t instead (1 is noise), so their velocity has the opposite sign; <see cref="FlowSampler"/> converts.
/// A list of times has one entry for each sample, or a single one for the whole batch.
/// Ma et al. 2024, https://arxiv.org/abs/2401.08740, sections 2 and 3, as in the official code.
/// </remarks>
public abstract class InterpolantPath
{
    private protected InterpolantPath()
    {
    }

    /// <summary>alpha = t, sigma = 1 − t: straight lines, rectified flow.</summary>
    public static InterpolantPath Linear { get; } = new LinearPath();

    /// <summary>alpha = sin(πt/2), sigma = cos(πt/2): constant variance (GVP in the paper).</summary>
    public static InterpolantPath Cosine { get; } = new CosinePath();

    /// <summary>The variance-preserving diffusion with beta from 0.1 (data) to 20 (noise) (VP in the paper).</summary>
    public static InterpolantPath VariancePreserving { get; } = new VariancePreservingPath();

    /// <summary>True when times up to the very ends can be used with velocity prediction.</summary>
    internal virtual bool ReachesEnds => true;

    /// <summary>Share of data at a time.</summary>
    public abstract double Alpha(double time);

    /// <summary>d alpha / dt.</summary>
    public abstract double AlphaSlope(double time);

    /// <summary>Share of noise at a time.</summary>
    public abstract double Sigma(double time);

    /// <summary>d sigma / dt. Infinite at time 1 on the variance-preserving path.</summary>
    public abstract double SigmaSlope(double time);

    /// <summary>d log alpha / dt. Infinite at time 0 where alpha is 0 there.</summary>
    public virtual double AlphaLogSlope(double time) => AlphaSlope(time) / Alpha(time);

    /// <summary>The factor of the score in the velocity: velocity = AlphaLogSlope · x + ScoreRate · score.</summary>
    public virtual double ScoreRate(double time) => (AlphaLogSlope(time) * Sigma(time) * Sigma(time)) - (Sigma(time) * SigmaSlope(time));

    /// <summary>Strength w(t) of the noise that the stochastic sampler adds, dx = (velocity + w · score) dt + √(2w) dW.</summary>
    /// <param name="form">Shape over time.</param>
    /// <param name="time">Data time.</param>
    /// <param name="norm">Overall factor, at least 0.</param>
    public double Diffusion(DiffusionForm form, double time, double norm = 1) => form switch
    {
        DiffusionForm.Constant => norm,
        DiffusionForm.ScoreBased => norm * ScoreRate(time),
        DiffusionForm.Sigma => norm * Sigma(time),
        DiffusionForm.Linear => norm * (1 - time),
        DiffusionForm.Decreasing => 0.25 * Square((norm * Math.Cos(Math.PI * time)) + 1),
        DiffusionForm.IncreasingDecreasing => norm * Square(Math.Sin(Math.PI * time)),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "known: " + string.Join(", ", Enum.GetNames<DiffusionForm>())),
    };

    /// <summary>The state between noise and data.</summary>
    /// <param name="data">(B, …).</param>
    /// <param name="noise">Standard normal, same shape.</param>
    /// <param name="times">Data times, B or 1 of them.</param>
    /// <returns>alpha · data + sigma · noise.</returns>
    public Tensor Mix(Tensor data, Tensor noise, params ReadOnlySpan<double> times) => PerSample.Blend(data, noise, times, t => (Alpha(t), Sigma(t)));

    /// <summary>What velocity prediction learns.</summary>
    /// <param name="data">(B, …).</param>
    /// <param name="noise">Standard normal, same shape.</param>
    /// <param name="times">Data times, B or 1 of them.</param>
    /// <returns>alpha' · data + sigma' · noise.</returns>
    public Tensor Velocity(Tensor data, Tensor noise, params ReadOnlySpan<double> times) => PerSample.Blend(data, noise, times, t => (AlphaSlope(t), SigmaSlope(t)));

    /// <summary>Velocity of the probability flow from the score.</summary>
    /// <param name="score">∇ log p(x), (B, …).</param>
    /// <param name="x">State, same shape.</param>
    /// <param name="times">Data times, more than 0 where alpha is 0 at 0.</param>
    public Tensor VelocityFromScore(Tensor score, Tensor x, params ReadOnlySpan<double> times) =>
        PerSample.Blend(score, x, times, t => (ScoreRate(t), AlphaLogSlope(t)));

    /// <summary>Velocity of the probability flow from the predicted noise.</summary>
    /// <param name="noise">Predicted noise, (B, …).</param>
    /// <param name="x">State, same shape.</param>
    /// <param name="times">Data times with alpha and sigma more than 0.</param>
    public Tensor VelocityFromNoise(Tensor noise, Tensor x, params ReadOnlySpan<double> times) =>
        PerSample.Blend(noise, x, times, t => (-ScoreRate(t) / Sigma(t), AlphaLogSlope(t)));

    /// <summary>Score from the velocity.</summary>
    /// <param name="velocity">(B, …).</param>
    /// <param name="x">State, same shape.</param>
    /// <param name="times">Data times with sigma more than 0.</param>
    public Tensor ScoreFromVelocity(Tensor velocity, Tensor x, params ReadOnlySpan<double> times) => PerSample.Blend(velocity, x, times, t =>
    {
        var ratio = Alpha(t) / AlphaSlope(t);
        var variance = (Sigma(t) * Sigma(t)) - (ratio * SigmaSlope(t) * Sigma(t));
        return (ratio / variance, -1 / variance);
    });

    /// <summary>Noise from the velocity.</summary>
    /// <param name="velocity">(B, …).</param>
    /// <param name="x">State, same shape.</param>
    /// <param name="times">Data times.</param>
    public Tensor NoiseFromVelocity(Tensor velocity, Tensor x, params ReadOnlySpan<double> times) => PerSample.Blend(velocity, x, times, t =>
    {
        var ratio = Alpha(t) / AlphaSlope(t);
        var scale = (ratio * SigmaSlope(t)) - Sigma(t);
        return (ratio / scale, -1 / scale);
    });

    /// <summary>Score from the predicted noise: −noise / sigma.</summary>
    /// <param name="noise">Predicted noise, (B, …).</param>
    /// <param name="times">Data times with sigma more than 0.</param>
    public Tensor ScoreFromNoise(Tensor noise, params ReadOnlySpan<double> times) => PerSample.Scale(noise, times, t => -1 / Sigma(t));

    /// <summary>The drift of the forward diffusion that turns data into noise: −AlphaLogSlope · x.</summary>
    /// <param name="x">State, (B, …).</param>
    /// <param name="times">Data times.</param>
    public Tensor ForwardDrift(Tensor x, params ReadOnlySpan<double> times) => PerSample.Scale(x, times, t => -AlphaLogSlope(t));

    private protected static double Square(double value) => value * value;

    private sealed class LinearPath : InterpolantPath
    {
        public override double Alpha(double time) => time;

        public override double AlphaSlope(double time) => 1;

        public override double Sigma(double time) => 1 - time;

        public override double SigmaSlope(double time) => -1;
    }

    private sealed class CosinePath : InterpolantPath
    {
        public override double Alpha(double time) => Math.Sin(time * Math.PI / 2);

        public override double AlphaSlope(double time) => Math.PI / 2 * Math.Cos(time * Math.PI / 2);

        public override double Sigma(double time) => Math.Cos(time * Math.PI / 2);

        public override double SigmaSlope(double time) => -Math.PI / 2 * Math.Sin(time * Math.PI / 2);
    }

    private sealed class VariancePreservingPath : InterpolantPath
    {
        private const double LowBeta = 0.1, HighBeta = 20;

        internal override bool ReachesEnds => false;

        public override double Alpha(double time) => Math.Exp(LogAlpha(time));

        public override double AlphaSlope(double time) => Alpha(time) * AlphaLogSlope(time);

        public override double Sigma(double time) => Math.Sqrt(1 - Math.Exp(2 * LogAlpha(time)));

        public override double SigmaSlope(double time) => -Square(Alpha(time)) * AlphaLogSlope(time) / Sigma(time);

        public override double AlphaLogSlope(double time) => (LowBeta + ((1 - time) * (HighBeta - LowBeta))) / 2;

        // The general formula comes to the same, but divides by sigma, which is 0 at time 1.
        public override double ScoreRate(double time) => AlphaLogSlope(time);

        private static double LogAlpha(double time) => (-Square(1 - time) * (HighBeta - LowBeta) / 4) - ((1 - time) * LowBeta / 2);
    }
}

/// <summary>Shape over time of the noise that stochastic sampling adds. Ma et al. 2024, https://arxiv.org/abs/2401.08740, section 3.4.</summary>
public enum DiffusionForm
{
    /// <summary>The same at all times.</summary>
    Constant,

    /// <summary>As in the diffusion whose marginals the path has (SBDM). Infinite at time 0 on the linear and cosine paths.</summary>
    ScoreBased,

    /// <summary>sigma(t).</summary>
    Sigma,

    /// <summary>1 − t.</summary>
    Linear,

    /// <summary>(norm · cos(πt) + 1)² / 4.</summary>
    Decreasing,

    /// <summary>sin²(πt).</summary>
    IncreasingDecreasing,
}
