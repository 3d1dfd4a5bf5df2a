using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A flow model of several modalities that takes any of them as the condition of any other.</summary>
public interface IJointModel
{
    /// <summary>It was trained with conditions; false for one modality, and where each batch has but one.</summary>
    bool TakesConditions { get; }

    /// <summary>Mean squared error of the predicted velocity of one modality, noised, for each sample.</summary>
    /// <param name="modality">Which.</param>
    /// <param name="batch">Samples that have it.</param>
    /// <param name="level">Its noise level, 0 (data) to 1 (noise).</param>
    /// <param name="given">The other modalities of the batch are given clean; else they are left out.</param>
    /// <param name="draws">Draws the noise, under the same name either way.</param>
    /// <param name="averaged">Take the average of the weights.</param>
    /// <returns>(B).</returns>
    Tensor ErrorOf(string modality, Batch batch, double level, bool given, StepContext draws, bool averaged = true);
}
