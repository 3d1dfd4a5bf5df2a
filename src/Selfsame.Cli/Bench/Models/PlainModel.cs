using Selfsame.Torch;

namespace Selfsame.Cli.Bench.Models;

/// <summary>A network of the usual kind with a batch of its own, to be timed beside the same network in PyTorch.</summary>
internal abstract class PlainModel : Module
{
    /// <summary>Samples in the batch.</summary>
    public abstract int Batch { get; }

    /// <summary>Learning rate.</summary>
    public abstract double Rate { get; }

    /// <summary>The arithmetic of a training step.</summary>
    public abstract StepWork Work { get; }

    /// <summary>Runs the network on its batch.</summary>
    /// <returns>Cross-entropy in nats, mean over what is predicted; a scalar with a graph behind it.</returns>
    public abstract Tensor Loss();
}
