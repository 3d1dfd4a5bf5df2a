using Selfsame.Torch;

namespace Selfsame.Objectives.Contrast;

// B samples that have both sides, D width of the shared space.

/// <summary>How a sample's partner is told from the others of the batch.</summary>
public enum PairLoss
{
    /// <summary>Cross-entropy over the batch, both ways: CLIP, https://arxiv.org/abs/2103.00020, section 2.3.</summary>
    Softmax,

    /// <summary>Each pair on its own, partner or not: SigLIP, https://arxiv.org/abs/2303.15343, section 3.2.</summary>
    Sigmoid,
}

/// <summary>Contrast between two modalities: the partner of a sample has to score higher than those of the other samples.</summary>
/// <remarks>
/// Scores are exp(s) · cos(a, b), for the sigmoid loss plus a bias; s is learnt and kept at or below ln 100. The sigmoid loss is summed over
/// all B² pairs and divided by B, as in its official code.
/// </remarks>
public sealed class PairContrast : Module
{
    /// <summary>The usual bound of the logarithmic scale, ln 100.</summary>
    public const double UsualMaxLogScale = 4.605170185988092;

    // SigLIP starts from a bias that makes most pairs "no partner".
    private const double StartBias = -10;

    private readonly double _maxLogScale;
    private readonly Parameter _logScale;
    private readonly Parameter? _bias;

    /// <summary>Makes scale and bias.</summary>
    /// <param name="kind">Which of the two losses.</param>
    /// <param name="temperature">Temperature at the start, above 0.</param>
    /// <param name="maxLogScale">Bound of the logarithm of the scale.</param>
    public PairContrast(PairLoss kind, double temperature, double maxLogScale = UsualMaxLogScale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        (Kind, _maxLogScale) = (kind, maxLogScale);
        _logScale = Trainable("logit_scale", Init.Constant(-Math.Log(temperature)));
        if (kind == PairLoss.Sigmoid)
            _bias = Trainable("logit_bias", Init.Constant(StartBias));
    }

    /// <summary>Which of the two losses.</summary>
    public PairLoss Kind { get; }

    /// <summary>Scores and loss.</summary>
    /// <param name="firstBD">One side, not yet scaled to length one.</param>
    /// <param name="secondBD">The other; row b belongs to row b of the first.</param>
    /// <returns>Scalar loss, and the scores (B, B) of each first with each second.</returns>
    /// <exception cref="ShapeException">The two differ in shape.</exception>
    public (Tensor Loss, Tensor LogitsBB) Compute(Tensor firstBD, Tensor secondBD)
    {
        ArgumentNullException.ThrowIfNull(firstBD);
        ArgumentNullException.ThrowIfNull(secondBD);
        if (!firstBD.Shape.SequenceEqual(secondBD.Shape))
            throw new ShapeException($"the sides are {firstBD} and {secondBD}; every row needs its partner in the same row of the other.");
        var scores = UnitLength(firstBD).Matmul(UnitLength(secondBD).T()) * _logScale.Value.Exp();
        var count = scores.Size(0);
        if (_bias is { } bias)
        {
            var shifted = scores + bias.Value;
            var partner = Ops.Eye(count, shifted.DType, shifted.Device);
            // −log σ(t · logit) with t = 1 on the diagonal and −1 beside it
            return ((shifted * (1.0 - (partner * 2.0))).Softplus().Sum() / count, shifted);
        }

        var places = Ops.Arange(count, dtype: DType.Int64, device: scores.Device);
        return ((scores.CrossEntropy(places) + scores.T().CrossEntropy(places)) / 2.0, scores);
    }

    /// <summary>Brings the scale back to its bound; after the optimizer's step.</summary>
    public void Bound()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        _logScale.Value.ClampInPlace(0, _maxLogScale);
    }

    /// <summary>Scales rows to length one.</summary>
    /// <param name="rows">(…, D).</param>
    internal static Tensor UnitLength(Tensor rows)
    {
        var wide = rows.To(DType.Float32);
        return wide / wide.Square().Sum([-1], keepdim: true).Sqrt().ClampMin(1e-12);
    }
}
