using Selfsame.Data;
using Selfsame.Data.Loading;
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
    private readonly EvaluateSettings _settings;
    private readonly EvaluationData _own;
    private readonly FeatureJudge _features;
    private readonly SampleJudge _samples;

    /// <summary>Makes an evaluator.</summary>
    /// <param name="data">Data with its parts.</param>
    /// <param name="settings">What to measure.</param>
    /// <param name="transform">How pictures are prepared; nothing random.</param>
    /// <param name="shape">What the transform puts out.</param>
    /// <param name="range">Mean and deviation that the transform normalises with, to turn samples back into 0..255.</param>
    /// <param name="seed">Seed of samples and of the projections that compare them.</param>
    /// <param name="conditionColumn">Column that a generative method is conditioned on; null for none.</param>
    /// <exception cref="DataSourceException">The test part is empty, or a column does not exist.</exception>
    public RunEvaluator(DataSet data, EvaluateSettings settings, ISampleTransform transform, BatchShape shape, (double Mean, double Deviation) range, ulong seed, string? conditionColumn = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _own = new EvaluationData(data, new FeatureReader(data, transform, shape), settings.Label, settings.View, "evaluate");
        if (_own.Part(DataSplit.Test).Length == 0)
            throw new DataSourceException($"{data.Name} has no sample in its test part to evaluate on ({data.Count} in all); train with --no-evaluate, or sort the samples into folders named train, val and test");
        _features = new FeatureJudge(_own, settings);
        _samples = new SampleJudge(_own, conditionColumn is null ? null : data.Labels(conditionColumn), range, seed);
    }

    /// <summary>True when the data has labels to judge features with, and samples in every part.</summary>
    public bool HasLabels => _own.CanClassify;

    /// <summary>Classes of the label column; 0 without one.</summary>
    public int ClassCount => _own.Labels?.Names.Count ?? 0;

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
            var vectors = FeatureReader.Pooled(extractor, layers, _settings.Features.Pooling);
            var labelFree = new List<Metric>();
            var metrics = _features.Judge(vectors, features => labelFree.AddRange(LabelFreeJudge.Judge(features)), cancellation);
            metrics.AddRange(labelFree);
            if (samples && _settings.Samples is { } wanted && objective is IGenerator generator)
                metrics.AddRange(_samples.Judge(generator, wanted, _settings.Features.Averaged, cancellation));
            return metrics;
        }
        finally
        {
            objective.Train();
        }
    }

    /// <summary>Judges the pixels themselves as features.</summary>
    public IReadOnlyList<Metric> EvaluateRawInput(CancellationToken cancellation) =>
        _features.Judge(batch => RawInputFeatures.Of(batch[Modality.Image]), labelFree: null, cancellation);

    /// <summary>Samples as pictures, 0..255.</summary>
    /// <param name="samples">(n, c, h, w) in the model's range.</param>
    public Tensor ToPixels(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return _samples.ToPixels(samples);
    }

    /// <summary>Settings of a sampler for a recipe's block.</summary>
    public static SamplerSettings SamplerOf(SampleSettings settings, bool conditioned)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return SampleJudge.SamplerOf(settings, conditioned);
    }
}
