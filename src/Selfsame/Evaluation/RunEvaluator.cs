using Selfsame.Data;
using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges a model on a data set's fixed parts by the protocols a recipe asks for: fitted on train, chosen on validation, measured on test.</summary>
public sealed class RunEvaluator
{
    private static readonly string[] LabelColumns = ["category", "label", "class", "folder"], ViewColumns = ["vendor", "view"];

    private readonly DataSet _data;
    private readonly EvaluateSettings _settings;
    private readonly FeatureReader _reader;
    private readonly SampleInputs _inputs;
    private readonly LabelSet? _labels, _views, _conditions;
    private readonly (double Mean, double Deviation) _range;
    private readonly ulong _seed;
    private readonly int[] _parts;

    /// <summary>Makes an evaluator.</summary>
    /// <param name="data">Data with its parts.</param>
    /// <param name="settings">What to measure.</param>
    /// <param name="inputs">How samples are prepared; nothing random.</param>
    /// <param name="range">Mean and deviation that the transform normalises with, to turn samples back into 0..255.</param>
    /// <param name="seed">Seed of samples and of the projections that compare them.</param>
    /// <param name="conditionColumn">Column that a generative method is conditioned on; null for none.</param>
    /// <exception cref="DataSourceException">The test part is empty, or a column does not exist.</exception>
    public RunEvaluator(DataSet data, EvaluateSettings settings, SampleInputs inputs, (double Mean, double Deviation) range, ulong seed, string? conditionColumn = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        _parts = [data.Split(DataSplit.Train).Length, data.Split(DataSplit.Validation).Length, data.Split(DataSplit.Test).Length];
        if (_parts[^1] == 0)
            throw new DataSourceException($"{data.Name} has no sample in its test part to evaluate on ({data.Count} in all); train with --no-evaluate, or sort the samples into folders named train, val and test");
        (_data, _settings, _range, _seed) = (data, settings, range, seed);
        _inputs = inputs;
        _reader = new FeatureReader(data, inputs);
        _labels = Column(settings.Label, LabelColumns, "label");
        _views = Column(settings.View, ViewColumns, "view");
        _conditions = conditionColumn is null ? null : data.Labels(conditionColumn);
    }

    /// <summary>True when the data has labels to judge features with, and samples in every part.</summary>
    public bool HasLabels => _labels is { Names.Count: > 1 } && !_parts.Contains(0);

    /// <summary>Classes of the label column; 0 without one.</summary>
    public int ClassCount => _labels?.Names.Count ?? 0;

    /// <summary>Judges an objective's encoder, and its samples where it makes any.</summary>
    /// <param name="objective">The model.</param>
    /// <param name="samples">Also judge samples.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public IReadOnlyList<Metric> Evaluate(Objective objective, bool samples, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(objective);
        objective.Train(false);
        try
        {
            var extractor = objective.Features(_settings.Features.Averaged);
            IReadOnlyList<int> layers = _settings.Features.Layers.Count > 0 ? _settings.Features.Layers : objective.FeatureLayers;
            var metrics = Judge(FeatureReader.Pooled(extractor, layers, _settings.Features.Pooling), labelFree: true, cancellation);
            if (samples && _settings.Samples is { } wanted && objective is IGenerator generator)
                metrics.Add(new Metric("swd", SampleDistance(generator, wanted, cancellation)));
            return metrics;
        }
        finally
        {
            objective.Train();
        }
    }

    /// <summary>Judges the samples themselves as features.</summary>
    public IReadOnlyList<Metric> EvaluateRawInput(CancellationToken cancellation) =>
        Judge(batch => RawInputFeatures.Of(batch, _inputs), labelFree: false, cancellation);

    /// <summary>Samples as pictures, 0..255.</summary>
    /// <param name="samples">(n, c, h, w) in the model's range.</param>
    public Tensor ToPixels(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return (((samples * _range.Deviation) + _range.Mean) * 255.0).Clamp(0.0, 255.0);
    }

    /// <summary>Settings of a sampler for a recipe's block.</summary>
    public static SamplerSettings SamplerOf(SampleSettings settings, bool conditioned)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new SamplerSettings
        {
            Kind = settings.Sampler == Sampler.EulerMaruyama ? SamplerKind.Sde : SamplerKind.Ode,
            Method = settings.Sampler == Sampler.Heun ? StepMethod.Heun : StepMethod.Euler,
            Steps = settings.Steps,
            Guidance = conditioned && settings.Guidance != 1 ? new Guidance(settings.Guidance) : null,
        };
    }

    private List<Metric> Judge(Func<Batch, Tensor> vectors, bool labelFree, CancellationToken cancellation)
    {
        var metrics = new List<Metric>();
        using var test = _reader.Read(_data.Split(DataSplit.Test), vectors, cancellation);
        var classify = HasLabels && (_settings.Knn is not null || _settings.Probe is not null);
        if (classify || _settings.Features.Scaling != FeatureScaling.None)
        {
            using var train = _reader.Read(Spread(_data.Split(DataSplit.Train), _settings.TrainSamples ?? int.MaxValue), vectors, cancellation);
            using var validation = _reader.Read(_data.Split(DataSplit.Validation), vectors, cancellation);
            Scale(train, validation, test);
            if (classify)
                Classify(metrics, train, validation, test, cancellation);
        }

        using var scope = Scope.Enter();
        if (_settings.Retrieval is not null && _views is { Names.Count: > 1 })
        {
            var score = CrossViewRetrieval.Evaluate(test.Values, Groups(test), Classes(_views, test), cancellation);
            metrics.Add(new Metric("retrieval_r1", score.At(1)));
            metrics.Add(new Metric("retrieval_r5", score.At(5)));
            metrics.Add(new Metric("retrieval_r1_chance", score.ChanceAt(1)));
        }

        if (labelFree)
        {
            metrics.Add(new Metric("feature_spread", LabelFree.NormalisedDeviation(test.Values) / LabelFree.HealthyDeviation(test.Values.Size(1))));
            metrics.Add(new Metric("rankme", LabelFree.RankMe(test.Values)));
        }

        return metrics;
    }

    private void Scale(FeatureTable train, params ReadOnlySpan<FeatureTable> others)
    {
        if (_settings.Features.Scaling == FeatureScaling.None)
            return;
        using var scope = Scope.Enter();
        var mean = train.Values.Mean(0, keepDim: true);
        // A feature that never changes stays 0 after the mean is gone.
        var scale = _settings.Features.Scaling == FeatureScaling.Standardize ? train.Values.Variance(0, correction: 0, keepDim: true).Sqrt().ClampMin(1e-6) : null;
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
        var (fit, choose, judge) = (Labelled(train), Labelled(validation), Labelled(test));
        var classes = _labels!.Names.Count;
        if (_settings.Probe is { } probe)
        {
            var score = LogisticProbe.Evaluate(fit, choose, judge, classes, new LogisticProbeSettings { Strengths = [.. probe.Strengths] }, cancellation).Test;
            metrics.Add(new Metric("probe_accuracy", score.Accuracy));
            metrics.Add(new Metric("probe_balanced_accuracy", score.BalancedAccuracy));
        }

        if (_settings.Knn is { } knn)
        {
            var score = NearestNeighbours.Evaluate(fit, judge, classes, KnnProtocol.Dino with { K = Math.Min(knn.K, fit.Count), Temperature = knn.Temperature }, cancellation).Score;
            metrics.Add(new Metric("knn_accuracy", score.Accuracy));
            metrics.Add(new Metric("knn_balanced_accuracy", score.BalancedAccuracy));
            metrics.Add(new Metric("majority_share", score.MajorityShare));
        }
    }

    private double SampleDistance(IGenerator generator, SampleSettings wanted, CancellationToken cancellation)
    {
        using var scope = Scope.Enter();
        var chosen = Spread(_data.Split(DataSplit.Test), wanted.Count);
        using var pictures = _reader.Read(chosen, batch => batch[Modality.Image].Flatten(1), cancellation);
        var labels = generator.Classes > 0 && _conditions is not null ? Tensor.From<long>(Classes(_conditions, pictures)) : null;
        var samples = generator.Generate(pictures.Indices.Length, labels, SamplerOf(wanted, labels is not null), new SeededStep(_seed, long.MaxValue), _settings.Features.Averaged, cancellation);
        var distances = SlicedWasserstein.Distances(
            ToPixels(pictures.Values.View(samples.Shape)), ToPixels(samples), new SlicedWassersteinSettings { Seed = _seed }, cancellation);
        return distances[^1];  // the mean over levels comes last
    }

    // Evenly over the part, so that every kind of sample is among them.
    private static int[] Spread(int[] samples, int count)
    {
        if (count >= samples.Length)
            return samples;
        var chosen = new int[count];
        for (var k = 0; k < count; k++)
            chosen[k] = samples[(long)k * samples.Length / count];
        return chosen;
    }

    private LabelledFeatures Labelled(FeatureTable table)
    {
        var classes = Classes(_labels!, table);
        var known = Enumerable.Range(0, classes.Length).Where(k => classes[k] >= 0).ToArray();
        if (known.Length == classes.Length)
            return new LabelledFeatures(table.Values, classes);
        var rows = table.Values.IndexSelect(0, Tensor.From<long>(Array.ConvertAll(known, k => (long)k)));
        return new LabelledFeatures(rows, Array.ConvertAll(known, k => classes[k]));
    }

    private static long[] Classes(LabelSet labels, FeatureTable table) => Array.ConvertAll(table.Indices, index => (long)labels[index]);

    private long[] Groups(FeatureTable table)
    {
        var ids = new Dictionary<string, long>(StringComparer.Ordinal);
        return Array.ConvertAll(table.Indices, index =>
        {
            var group = _data.Group(index);
            if (!ids.TryGetValue(group, out var id))
                ids.Add(group, id = ids.Count);
            return id;
        });
    }

    private LabelSet? Column(string? chosen, string[] usual, string key)
    {
        if (chosen is null)
            return usual.FirstOrDefault(_data.Columns.Contains) is { } found ? _data.Labels(found) : null;
        return _data.Columns.Contains(chosen)
            ? _data.Labels(chosen)
            : throw new DataSourceException($"evaluate.{key} is {chosen}; the data has no such column. It has: {string.Join(", ", _data.Columns)}");
    }
}
