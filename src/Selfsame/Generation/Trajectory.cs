using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>The loop that all samplers share: no gradients, memory freed after each move, cancellation between moves.</summary>
internal static class Trajectory
{
    internal static Tensor Run(Tensor start, int moves, Func<Tensor, int, Tensor> move, FlowObserver? observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(start);
        using var guard = GradMode.Off();
        using var all = Scope.Enter();
        var x = start;
        observer?.Invoke(0, x);
        for (var k = 0; k < moves; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor next;
            using (var scope = Scope.Enter())
                next = scope.MoveOut(move(x, k));
            if (!ReferenceEquals(x, start))
                x.Dispose();
            x = next;
            observer?.Invoke(k + 1, x);
        }

        return all.MoveOut(x);
    }

    internal static int MovesOf(IReadOnlyList<double> grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return grid.Count >= 2 ? grid.Count - 1 : throw new ArgumentException($"a sampler needs a grid of at least 2 times, not {grid.Count}", nameof(grid));
    }
}
