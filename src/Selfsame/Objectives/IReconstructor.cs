using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A method that rebuilds what was hidden from it, one <see cref="RebuiltBatch"/> for each modality.</summary>
public interface IReconstructor
{
    /// <summary>Hides and rebuilds.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="draws">Decides what is hidden.</param>
    IReadOnlyList<RebuiltBatch> Reconstruct(Batch batch, StepContext draws);
}

/// <summary>What was given, what of it was seen, and what was made of it, all in the units of the batch.</summary>
/// <param name="Modality">One of <see cref="Objectives.Modality"/>; tells how to show it.</param>
/// <param name="Input">The sample as given, for pictures (B, C, H, W).</param>
/// <param name="Hidden">1 where hidden, 0 where seen, broadcastable to <paramref name="Input"/>.</param>
/// <param name="Rebuilt">The prediction in the input's units, a normalisation of the target undone.</param>
/// <param name="Baseline">What a prediction without knowledge gives in the same units; a model is good where it is nearer to the input than this.</param>
/// <param name="BaselineName">What the baseline is, in words.</param>
public sealed record RebuiltBatch(string Modality, Tensor Input, Tensor Hidden, Tensor Rebuilt, Tensor Baseline, string BaselineName);
