using Selfsame.Torch;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges features by themselves: spread, rank and uniformity need no labels and no training part.</summary>
internal static class LabelFreeJudge
{
    private const int MostPoints = 4096;

    /// <summary>Measures features as the model gave them: a standardised collapse would look healthy.</summary>
    /// <param name="features">(N, D).</param>
    internal static List<Metric> Judge(Tensor features)
    {
        if (features.Size(0) < 2)
            return [];
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        int[] rows = [.. Enumerable.Range(0, (int)features.Size(0))];
        var points = rows.Length <= MostPoints ? features
            : features.IndexSelect(0, Tensor.From<long>(Array.ConvertAll(EvaluationData.Spread(rows, MostPoints), row => (long)row)));
        return
        [
            new("feature_spread", LabelFree.NormalisedDeviation(features) / LabelFree.HealthyDeviation(features.Size(1)), Protocols.Spread),
            new("rankme", LabelFree.RankMe(features), Protocols.RankMe),
            new("uniformity", LabelFree.Uniformity(points).Item(), Protocols.Uniformity),
        ];
    }

    /// <summary>Spread and centred rank of a few hundred features.</summary>
    /// <param name="features">(N, D).</param>
    internal static FeatureHealth Look(Tensor features)
    {
        if (features.Size(0) < 2)
            return new FeatureHealth(1);
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        // What is not finite has no direction; a run with such features is seen by its loss.
        if (!features.Isfinite().All().IsNonzero())
            return new FeatureHealth(0);
        var centred = features - features.Mean(0, keepDim: true);
        return new FeatureHealth(
            LabelFree.NormalisedDeviation(features) / LabelFree.HealthyDeviation(features.Size(1)),
            LabelFree.EffectiveRank(centred),
            Math.Min(features.Size(0) - 1, features.Size(1)));
    }
}
