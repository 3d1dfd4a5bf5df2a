namespace Selfsame.Models;

/// <summary>A flow model of one modality, or of several on one trunk.</summary>
public interface IVelocityModel : IBackbone
{
    /// <summary>Those it knows, in the order of the sequence.</summary>
    IReadOnlyList<string> Modalities { get; }

    /// <summary>The blocks, the same for all.</summary>
    Transformer Blocks { get; }

    /// <summary>The model of one modality.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    DiffusionTransformer this[string modality] { get; }
}
