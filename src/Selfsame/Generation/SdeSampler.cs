using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>How stochastic sampling covers the last piece of time, without noise.</summary>
public enum LastStep
{
    /// <summary>Not at all: the state at the last time of the grid is the result.</summary>
    None,

    /// <summary>An Euler step with the drift of the stochastic equation.</summary>
    Mean,

    /// <summary>An Euler step with the velocity.</summary>
    Euler,

    /// <summary>The expected data given the state: (x + sigma² · score) / alpha.</summary>
    Tweedie,
}

/// <summary>Stochastic sampling: dx = (velocity + w · score) dt + √(2w) dW. The marginals are those of the deterministic flow, whatever w is.</summary>
/// <remarks>Ma et al. 2024, https://arxiv.org/abs/2401.08740, equation 10; Self-Flow's official sampler is Euler, <see cref="DiffusionForm.Sigma"/>, <see cref="LastStep.Mean"/>.</remarks>
/// <param name="Method">Euler-Maruyama, or Heun, which adds the noise first and then averages the drift over both ends.</param>
/// <param name="Last">What happens between the last time of the grid and 1.</param>
/// <param name="Form">Shape of w over time.</param>
/// <param name="Norm">Factor of w, at least 0.</param>
public sealed record SdeSampler(StepMethod Method = StepMethod.Euler, LastStep Last = LastStep.Mean, DiffusionForm Form = DiffusionForm.Sigma, double Norm = 1)
{
    /// <summary>Carries noise over to data.</summary>
    /// <param name="field">Velocity and score.</param>
    /// <param name="start">Noise, (B, …); left to the caller.</param>
    /// <param name="grid">Data times of the noisy steps, at least 2; the last step goes from the last one to 1.</param>
    /// <param name="noise">Standard normal noise of step 0, 1, …, shape of the start. Freed with the step if it is made for it.</param>
    /// <param name="observer">Sees every state, including start and result.</param>
    /// <param name="cancellation">Asked before each step.</param>
    /// <returns>The last state; without gradient.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(FlowField field, Tensor start, IReadOnlyList<double> grid, Func<int, Tensor> noise, FlowObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(noise);
        var noisy = Trajectory.MovesOf(grid);
        return Trajectory.Run(start, Last == LastStep.None ? noisy : noisy + 1, (x, k) => k < noisy ? Noisy(x, k) : Final(x), observer, cancellation);

        Tensor Noisy(Tensor x, int k)
        {
            var (time, step) = (grid[k], grid[k + 1] - grid[k]);
            var kick = noise(k) * Math.Sqrt(2 * Strength(time) * step);
            if (Method == StepMethod.Euler)
                return x + (Drift(x, time) * step) + kick;
            x += kick;
            var slope = Drift(x, time);
            return x + ((slope + Drift(x + (slope * step), grid[k + 1])) * (step / 2));
        }

        Tensor Final(Tensor x)
        {
            var time = grid[^1];
            var step = 1 - time;
            return Last switch
            {
                LastStep.Mean => x + (Drift(x, time) * step),
                LastStep.Euler => x + (field.Velocity(x, time) * step),
                LastStep.Tweedie => Denoised(x, time),
                _ => throw new InvalidOperationException($"last step {Last} is not known"),
            };
        }

        Tensor Drift(Tensor x, double time)
        {
            var (velocity, score) = field.VelocityAndScore(x, time);
            return velocity + (score * Strength(time));
        }

        Tensor Denoised(Tensor x, double time)
        {
            var (alpha, sigma) = (field.Path.Alpha(time), field.Path.Sigma(time));
            return (x + (field.VelocityAndScore(x, time).Score * (sigma * sigma))) / alpha;
        }

        double Strength(double time) => field.Path.Diffusion(Form, time, Norm);
    }
}
