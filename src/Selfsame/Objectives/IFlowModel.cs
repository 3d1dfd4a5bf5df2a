using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A method that learns at many noise levels and can be asked at each.</summary>
public interface IFlowModel
{
    /// <summary>Asks the model at one noise level, the same for all tokens.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="level">0 (data) to 1 (noise).</param>
    /// <param name="draws">Draws the noise.</param>
    /// <param name="averaged">Take the average of the weights.</param>
    FlowReading ReadAt(Batch batch, double level, StepContext draws, bool averaged = true);
}

/// <summary>What a model of noise levels says at one of them.</summary>
/// <param name="Loss">Mean squared error of the predicted velocity for each sample, (B).</param>
/// <param name="Untrained">The same error of a prediction of zero, (B).</param>
/// <param name="Tokens">Tokens of the layer that features are read from, (B, N, D).</param>
/// <param name="Real">Which of them are real, (B, N), bool; null where all are.</param>
public sealed record FlowReading(Tensor Loss, Tensor Untrained, Tensor Tokens, Tensor? Real = null);
