using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A method that puts several modalities into one space, where what belongs together lies close by cosine.</summary>
public interface ISharedSpace
{
    /// <summary>Where samples lie, by one of their modalities alone.</summary>
    /// <param name="modality">A modality that every sample of the batch has.</param>
    /// <param name="batch">Samples.</param>
    /// <returns>(B, S); the length of a row means nothing.</returns>
    Tensor Embed(string modality, Batch batch);
}
