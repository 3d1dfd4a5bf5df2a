using Selfsame.Torch;

namespace Selfsame.Modalities;

// B samples, L places of the longest sample of the batch.

/// <summary>One modality of a batch.</summary>
/// <param name="Values">(B, …); of varying length (B, L, …), padding behind a sample's end. A sample that lacks the modality is all padding.</param>
/// <param name="Lengths">Places that each sample fills, (B), int64; null where all have the same.</param>
/// <param name="Present">Which samples have the modality at all, (B), bool; null where all do.</param>
public sealed record BatchField(Tensor Values, Tensor? Lengths = null, Tensor? Present = null);
