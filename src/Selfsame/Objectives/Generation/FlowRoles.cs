using Selfsame.Torch;

namespace Selfsame.Objectives.Generation;

// B samples, M modalities that the batch has.

/// <summary>What each modality is to each sample of a joint batch: made (noised and predicted), given (clean, a condition), or left out.</summary>
/// <param name="GivenBM">Whether it is given, bool.</param>
/// <param name="HiddenBM">Whether it is left out, bool: treated as one that the sample lacks.</param>
public sealed record FlowRoles(Tensor GivenBM, Tensor HiddenBM)
{
    /// <summary>
    /// Draws the roles: with chance <paramref name="share"/> some modalities of a sample are given, with as much chance some are left out, else all are made. Of the
    /// modalities of such a sample the one with the largest draw is made, the one with the smallest is not, and any other is not with chance one half.
    /// A sample of one modality always has it made.
    /// </summary>
    /// <param name="presentBM">Which samples have which modality, (B, M), bool.</param>
    /// <param name="drawB">Uniform, (B).</param>
    /// <param name="drawBM">Uniform, (B, M).</param>
    /// <param name="share">0 to 0.5.</param>
    public static FlowRoles Draw(Tensor presentBM, Tensor drawB, Tensor drawBM, double share)
    {
        ArgumentNullException.ThrowIfNull(presentBM);
        ArgumentNullException.ThrowIfNull(drawB);
        ArgumentNullException.ThrowIfNull(drawBM);
        var absent = presentBM.LogicalNot();
        var most = drawBM.MaskedFill(absent, -1).Amax([1], keepdim: true);
        var least = drawBM.MaskedFill(absent, 2).Amin([1], keepdim: true);
        var chosen = drawBM.Eq(least).LogicalOr(drawBM.Lt(0.5)).LogicalAnd(drawBM.Lt(most)).LogicalAnd(presentBM);
        var column = drawB.Unsqueeze(1);
        return new(chosen.LogicalAnd(column.Lt(share)), chosen.LogicalAnd(column.Ge(share)).LogicalAnd(column.Lt(2 * share)));
    }
}
