using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges a model on the fixed parts of data sets by the protocols a recipe asks for: fitted on train, chosen on validation, measured on test.</summary>
public sealed class RunEvaluator
{
    private const int PulseSamples = 256;

    private readonly EvaluateSettings _settings;
    private readonly EvaluationData _own;
    private readonly List<(string Prefix, FeatureJudge Judge, EvaluationData Data)> _features = [];
    private readonly SampleJudge _samples;
    private readonly SampleInputs _inputs;
    private readonly CrossModalJudge? _crossModal;
    private readonly (double Mean, double Deviation) _range;
    private readonly ulong _seed;

    /// <summary>Makes an evaluator.</summary>
    /// <param name="data">Data with its parts.</param>
    /// <param name="settings">What to measure.</param>
    /// <param name="inputs">How samples are prepared; nothing random.</param>
    /// <param name="range">Mean and deviation that the transform normalises with, to turn samples back into 0..255.</param>
    /// <param name="seed">Seed of samples and of the projections that compare them.</param>
    /// <param name="conditionColumn">Column that a generative method is conditioned on; null for none.</param>
    /// <param name="sets">Opened <see cref="EvaluateSettings.Sets"/>, in their order.</param>
    /// <param name="cacheFolder">Where the network behind Fréchet distances is kept; null for the user's cache folder.</param>
    /// <exception cref="DataSourceException">The test part is empty and there is no other set, a set can't be judged on, or a column does not exist.</exception>
    public RunEvaluator(
        DataSet data, EvaluateSettings settings, SampleInputs inputs, (double Mean, double Deviation) range, ulong seed,
        string? conditionColumn = null, IReadOnlyList<DataSet>? sets = null, string? cacheFolder = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(inputs);
        (_settings, _seed, _inputs, _range) = (settings, seed, inputs, range);
        _own = new EvaluationData(data, new FeatureReader(data, inputs), settings.Label, settings.View, "evaluate");
        if (_own.Part(DataSplit.Test).Length > 0)
            _features.Add(("", new FeatureJudge(_own, settings), _own));
        else if (sets is null or { Count: 0 })
            throw new DataSourceException($"{data.Name} has no sample in its test part to evaluate on ({data.Count} in all); train with --no-evaluate, or sort the samples into folders named train, val and test");
        for (var k = 0; k < sets?.Count; k++)
            _features.Add(Further(settings.Sets[k], sets[k], inputs));
        if (settings.CrossModal is { } wanted && new CrossModalJudge(data, inputs, wanted) is { Applies: true } crossModal)
            _crossModal = crossModal;
        _samples = new SampleJudge(_own, conditionColumn is null ? null : data.Labels(conditionColumn), range, seed)
        {
            Features = _own.Labels is { } labels && inputs.Pictures is var (transform, shape)
                ? cancellation => SampleFeatures.Open(data, labels.Column, transform, shape, range, cacheFolder ?? new DataOptions().CacheFolder, cancellation: cancellation)
                : null,
        };
        if (settings.Samples is { Frechet: true } && _own.Labels is null)
            throw new DataSourceException($"evaluate.samples.frechet is true; its judge is trained on classes, and {data.Name} has no column of them ({string.Join(", ", data.Columns)}). Name one with evaluate.label, or set it to false.");
    }

    /// <summary>Makes augmented views as training does, for LiDAR and alignment; null measures neither.</summary>
    public (ISampleTransform Transform, BatchShape Shape)? Augmentation { get; init; }

    /// <summary>True when the data has labels to judge features with, and samples in every part.</summary>
    public bool HasLabels => _own.CanClassify;

    /// <summary>Classes of the label column; 0 without one.</summary>
    public int ClassCount => _own.Labels?.Names.Count ?? 0;

    /// <summary>Makes the evaluator of a run.</summary>
    /// <param name="recipe">The recipe; its <c>evaluate</c> block, or the default one.</param>
    /// <param name="data">Its data, opened.</param>
    /// <param name="cacheFolder">Where the network behind Fréchet distances is kept; null for the user's cache folder.</param>
    public static RunEvaluator Of(Recipe recipe, RunData data, string? cacheFolder = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        return new(
            data.Set, recipe.Evaluate ?? new EvaluateSettings(), data.PlainInputs, data.Range, recipe.Seed,
            data.Labels?.Column, data.EvaluationSets, recipe.Data.Cache ?? cacheFolder)
        {
            Augmentation = data.Inputs.Pictures is var (transform, shape) ? (transform, shape with { Labelled = false }) : null,
        };
    }

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
            var vectors = Vectors(objective);
            var labelFree = new List<Metric>();
            var metrics = Judge(vectors, features => labelFree.AddRange(LabelFreeJudge.Judge(features)), cancellation);
            if (objective is IClassifier classifier)
                metrics.InsertRange(0, [.. ClassifierScores.Of(classifier, _own.Set, _own.Reader, test: samples, cancellation).Where(score => !metrics.Exists(metric => metric.Name == score.Name))]);
            metrics.AddRange(labelFree);
            if (_crossModal is not null)
            {
                metrics.AddRange(_crossModal.Judge((batch, _) => vectors(batch), cancellation));
                if (objective is ISharedSpace space)
                    metrics.AddRange(_crossModal.Judge(space, cancellation));
            }

            var (_, _, first) = _features[0];
            if (_settings.Augmented is { } augmented && Augmentation is var (transform, shape))
                metrics.AddRange(new ViewJudge(first.Set, transform, shape, augmented, _seed).Judge(first.Part(DataSplit.Test), vectors, cancellation));
            if (samples && _settings.Samples is { } wanted && objective is IGenerator generator && _own.Part(DataSplit.Test).Length > 0)
            {
                metrics.AddRange(generator.Generates is [Modality.Image]
                    ? _samples.Judge(generator, wanted, _settings.Features.Averaged, cancellation)
                    : new ModalityJudge(_own, _inputs, _range, _seed).Judge(generator, wanted, _settings.Features.Averaged, cancellation));
            }

            return metrics;
        }
        finally
        {
            objective.Train();
        }
    }

    /// <summary>Judges the samples themselves as features.</summary>
    public IReadOnlyList<Metric> EvaluateRawInput(CancellationToken cancellation)
    {
        var metrics = Judge(batch => RawInputFeatures.Of(batch, _inputs), labelFree: null, cancellation);
        if (_crossModal is not null)
            metrics.AddRange(_crossModal.Judge(RawInputFeatures.Of, cancellation));
        return metrics;
    }

    /// <summary>A quick look at the features of some test samples: enough to see a collapse while training.</summary>
    /// <param name="objective">The model.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public FeatureHealth Pulse(Objective objective, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(objective);
        objective.Train(false);
        try
        {
            using var table = _features[0].Data.Read(DataSplit.Test, Vectors(objective), PulseSamples, cancellation);
            return LabelFreeJudge.Look(table.Values);
        }
        finally
        {
            objective.Train();
        }
    }

    /// <summary>Samples as pictures, 0..255.</summary>
    /// <param name="samples">(n, c, h, w) in the model's range.</param>
    public Tensor ToPixels(Tensor samples) => _samples.ToPixels(samples);

    /// <summary>Settings of a sampler for a recipe's block.</summary>
    public static SamplerSettings SamplerOf(SampleSettings settings, bool conditioned)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return SampleJudge.SamplerOf(settings, conditioned);
    }

    private Func<Batch, Tensor> Vectors(Objective objective)
    {
        var features = _settings.Features;
        return FeatureReader.Pooled(objective.Features(features.Averaged), features.Layers.Count > 0 ? features.Layers : objective.FeatureLayers, features.Pooling);
    }

    private List<Metric> Judge(Func<Batch, Tensor> vectors, Action<Tensor>? labelFree, CancellationToken cancellation)
    {
        var metrics = new List<Metric>();
        foreach (var (prefix, judge, _) in _features)
        {
            foreach (var metric in judge.Judge(vectors, labelFree, cancellation))
                metrics.Add(metric with { Name = prefix + metric.Name });
            labelFree = null;
        }

        return metrics;
    }

    private (string Prefix, FeatureJudge Judge, EvaluationData Data) Further(EvaluationSetSettings set, DataSet data, SampleInputs inputs)
    {
        var key = $"evaluate.sets.{set.Name}";
        var opened = new EvaluationData(data, new FeatureReader(data, inputs), set.Label, set.View, key);
        if (opened.CanClassify)
            return ($"{set.Name}/", new FeatureJudge(opened, _settings), opened);
        var problem = opened.Labels is not { Names.Count: > 1 }
            ? $"has no classes to tell apart: its columns are {string.Join(", ", data.Columns)}; name one with at least two values as label"
            : $"has {opened.Part(DataSplit.Train).Length} training, {opened.Part(DataSplit.Validation).Length} validation and {opened.Part(DataSplit.Test).Length} test samples; it needs some of each, for instance in folders named train, val and test";
        throw new DataSourceException($"{key}: {data.Name} {problem}");
    }
}
