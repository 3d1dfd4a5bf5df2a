using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>How a step over time is approximated.</summary>
public enum StepMethod
{
    /// <summary>One evaluation, first order.</summary>
    Euler,

    /// <summary>Two evaluations, second order: the slope is averaged over both ends.</summary>
    Heun,
}

/// <summary>Deterministic sampling: integrates dx/dt = velocity over a grid of data times.</summary>
/// <param name="Method">Euler or Heun.</param>
/// <param name="EulerAtEnd">Heun only: the last interval is an Euler step, for models that are not to be asked at its end.</param>
public sealed record OdeSampler(StepMethod Method = StepMethod.Euler, bool EulerAtEnd = false)
{
    /// <summary>Carries noise over to data.</summary>
    /// <param name="field">Velocity.</param>
    /// <param name="start">Noise, (B, …); left to the caller.</param>
    /// <param name="grid">Data times, at least 2, from noise to data.</param>
    /// <param name="observer">Sees every state, including start and result.</param>
    /// <param name="cancellation">Asked before each step.</param>
    /// <returns>The state at the last time; without gradient.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(FlowField field, Tensor start, IReadOnlyList<double> grid, FlowObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        var moves = Trajectory.MovesOf(grid);
        return Trajectory.Run(start, moves, Move, observer, cancellation);

        Tensor Move(Tensor x, int k)
        {
            var step = grid[k + 1] - grid[k];
            var slope = field.Velocity(x, grid[k]);
            var ahead = x + (slope * step);
            if (Method == StepMethod.Euler || (EulerAtEnd && k == moves - 1))
                return ahead;
            return x + ((slope + field.Velocity(ahead, grid[k + 1])) * (step / 2));
        }
    }
}
