using Selfsame.Data;
using Selfsame.Objectives;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>How often a classifier names the right class of samples that it was not trained on.</summary>
internal static class ClassifierScores
{
    /// <summary>Judges a classifier.</summary>
    /// <param name="classifier">The method, in evaluation mode.</param>
    /// <param name="data">Samples with labels.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="test">Also look at the test part.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns><c>validation_accuracy</c>; at the end, first, <c>accuracy</c>, <c>balanced_accuracy</c> and <c>majority_share</c> of the test part.</returns>
    internal static IReadOnlyList<Metric> Of(IClassifier classifier, DataSet data, FeatureReader reader, bool test, CancellationToken cancellation)
    {
        var labels = data.Labels(classifier.LabelColumn);
        var metrics = new List<Metric>();
        if (test && Judge(DataSplit.Test) is { } score)
            metrics.AddRange([new("accuracy", score.Accuracy), new("balanced_accuracy", score.BalancedAccuracy), new("majority_share", score.MajorityShare)]);
        if (Judge(DataSplit.Validation) is { } chosen)
            metrics.Add(new Metric("validation_accuracy", chosen.Accuracy));
        return metrics;

        ClassificationScore? Judge(DataSplit part)
        {
            var samples = Array.FindAll(data.Split(part), sample => labels[sample] >= 0);
            if (samples.Length == 0)
                return null;
            using var table = reader.Read(samples, classifier.Classify, cancellation);
            return Metrics.Score(Array.ConvertAll(table.Indices, index => (long)labels[index]), table.Values.ToArray<double>(), labels.Names.Count);
        }
    }
}
