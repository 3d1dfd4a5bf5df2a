using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>
/// Adds up the losses of several modalities by weight, and keeps a curve for each (<c>loss.image</c>, <c>loss.text</c>, …). A modality
/// that no sample of the batch has adds nothing, and leaves a gap in its curve.
/// </summary>
/// <param name="weights">Weight of each modality; 1 where none is given.</param>
public sealed class ModalityLosses(IReadOnlyDictionary<string, double>? weights = null)
{
    private readonly List<(string Modality, Tensor Loss)> _parts = [];

    /// <summary>Adds the loss of one modality.</summary>
    /// <param name="modality">Its name.</param>
    /// <param name="loss">Scalar.</param>
    public ModalityLosses Add(string modality, Tensor loss)
    {
        _parts.Add((modality, loss));
        return this;
    }

    /// <summary>Adds the mean over the tokens that count.</summary>
    /// <param name="modality">Its name.</param>
    /// <param name="error">Error of each token, (B, N).</param>
    /// <param name="counts">Which tokens count, (B, N), bool; null for all.</param>
    public ModalityLosses Add(string modality, Tensor error, Tensor? counts)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (counts is null)
            return Add(modality, error.Mean());
        var weight = counts.To(error.DType);
        return Add(modality, (error * weight).Sum() / weight.Sum().ClampMin(1));
    }

    /// <summary>Sum of weight · loss over the modalities, with the unweighted losses as figures.</summary>
    /// <exception cref="InvalidOperationException">No loss was added.</exception>
    public ObjectiveResult Result()
    {
        Tensor? total = null;
        foreach (var (modality, loss) in _parts)
        {
            var weighted = weights?.TryGetValue(modality, out var weight) ?? false ? loss * weight : loss;
            total = total is null ? weighted : total + weighted;
        }

        var result = new ObjectiveResult(total ?? throw new InvalidOperationException("no modality has a loss in this batch"));
        foreach (var (modality, loss) in _parts)
            result.Log($"loss.{modality}", loss);
        return result;
    }
}
