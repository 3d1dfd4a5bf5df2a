using Selfsame.Data;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges features by what is known of the samples: classifiers fitted on train, chosen on validation and measured on test; retrieval on test.</summary>
/// <param name="data">The samples.</param>
/// <param name="settings">What to measure.</param>
internal sealed class FeatureJudge(EvaluationData data, EvaluateSettings settings)
{
    /// <summary>Measures.</summary>
    /// <param name="vectors">Turns a batch into features.</param>
    /// <param name="labelFree">Takes the features of the test part as the model gave them, before anything is done to them; null for none.</param>
    /// <param name="cancellation">Stops between batches.</param>
    internal List<Metric> Judge(Func<Batch, Tensor> vectors, Action<Tensor>? labelFree, CancellationToken cancellation)
    {
        var metrics = new List<Metric>();
        using var test = data.Read(DataSplit.Test, vectors, settings.TestSamples ?? int.MaxValue, cancellation);
        labelFree?.Invoke(test.Values);
        var classify = data.CanClassify && (settings.Knn is not null || settings.Probe is not null);
        var scale = settings.Features.Scaling != FeatureScaling.None && data.Part(DataSplit.Train).Length > 0;
        if (classify || scale)
        {
            using var train = data.Read(DataSplit.Train, vectors, settings.TrainSamples ?? int.MaxValue, cancellation);
            using var validation = classify ? data.Read(DataSplit.Validation, vectors, settings.TestSamples ?? int.MaxValue, cancellation) : null;
            if (scale)
                Scale(train, validation is null ? [test] : [validation, test]);
            if (classify)
                Classify(metrics, train, validation!, test, cancellation);
        }

        using var scope = Scope.Enter();
        if (settings.Retrieval is not null && data.Views is { Names.Count: > 1 } views)
        {
            var score = CrossViewRetrieval.Evaluate(test.Values, data.Groups(test), EvaluationData.Classes(views, test), cancellation);
            metrics.Add(new Metric("retrieval_r1", score.At(1), CrossViewRetrieval.Protocol));
            metrics.Add(new Metric("retrieval_r5", score.At(5), CrossViewRetrieval.Protocol));
            metrics.Add(new Metric("retrieval_r1_chance", score.ChanceAt(1), CrossViewRetrieval.Protocol));
        }

        return metrics;
    }

    private void Scale(FeatureTable train, ReadOnlySpan<FeatureTable> others)
    {
        using var scope = Scope.Enter();
        var mean = train.Values.Mean(0, keepDim: true);
        // A feature that never changes stays 0 after the mean is gone.
        var scale = settings.Features.Scaling == FeatureScaling.Standardize ? train.Values.Variance(0, correction: 0, keepDim: true).Sqrt().ClampMin(1e-6) : null;
        foreach (var table in (ReadOnlySpan<FeatureTable>)[train, .. others])
        {
            table.Values.SubInPlace(mean);
            if (scale is not null)
                table.Values.DivInPlace(scale);
        }
    }

    private void Classify(List<Metric> metrics, FeatureTable train, FeatureTable validation, FeatureTable test, CancellationToken cancellation)
    {
        using var scope = Scope.Enter();
        var (fit, choose, judge) = (data.Labelled(train), data.Labelled(validation), data.Labelled(test));
        var classes = data.Labels!.Names.Count;
        ClassificationScore? last = null;
        if (settings.Probe is { } probe)
        {
            last = probe.Protocol == RidgeProbe.Protocol
                ? RidgeProbe.Evaluate(fit, choose, judge, classes, [.. probe.Penalties], cancellation).Test
                : LogisticProbe.Evaluate(fit, choose, judge, classes, new LogisticProbeSettings { Strengths = [.. probe.Strengths] }, cancellation).Test;
            metrics.Add(new Metric("probe_accuracy", last.Accuracy, probe.ProtocolId));
            metrics.Add(new Metric("probe_balanced_accuracy", last.BalancedAccuracy, probe.ProtocolId));
        }

        if (settings.Knn is { } knn)
        {
            var protocol = KnnProtocol.Named(knn.Protocol) with { K = Math.Min(knn.K, fit.Count), Temperature = knn.Temperature };
            var id = Protocols.Id(protocol.Name, ("k", protocol.K, new KnnSettings().K), ("T", knn.Temperature, new KnnSettings().Temperature));
            last = NearestNeighbours.Evaluate(fit, judge, classes, protocol, cancellation).Score;
            metrics.Add(new Metric("knn_accuracy", last.Accuracy, id));
            metrics.Add(new Metric("knn_balanced_accuracy", last.BalancedAccuracy, id));
        }

        metrics.Add(new Metric("majority_share", last!.MajorityShare, Protocols.Majority));
    }
}
