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
}
