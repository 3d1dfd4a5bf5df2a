using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A method that can make new samples.</summary>
public interface IGenerator
{
    /// <summary>Classes that samples can be asked for; 0 when the method is not conditioned.</summary>
    int Classes { get; }

    /// <summary>Makes samples.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="labels">Classes asked for, (count), int64; null without.</param>
    /// <param name="settings">How to go from noise to data.</param>
    /// <param name="draws">Draws <c>start</c> and, for the stochastic sampler, <c>noise.K</c>.</param>
    /// <param name="averaged">Take the average of the weights.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Samples in the value range of the training data, (count, channels, height, width).</returns>
    Tensor Generate(int count, Tensor? labels, SamplerSettings settings, StepContext draws, bool averaged = true, CancellationToken cancellation = default);
}
