using Selfsame.Data;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>What is probed, and how.</summary>
public sealed record FrozenProbeSettings
{
    /// <summary>Column with the classes.</summary>
    public required string Label { get; init; }

    /// <summary>Name of a protocol, one of <see cref="FrozenProbe.Protocols"/>.</summary>
    public string Protocol { get; init; } = LogisticProbe.Protocol;

    /// <summary>Blocks whose outputs are put side by side; empty takes the encoder's own choice.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>How tokens become one vector; null takes the encoder's own choice.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Take the average of the weights where there is one.</summary>
    public bool Averaged { get; init; } = true;

    /// <summary>Also judge random weights and the raw input.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>Samples at a time.</summary>
    public int Batch { get; init; } = 256;
}

/// <summary>Figures of one kind of features.</summary>
/// <param name="Accuracy">Share of test samples whose class was found.</param>
/// <param name="BalancedAccuracy">Mean over classes of the share found.</param>
/// <param name="TopFive">Share whose class was among the five likeliest.</param>
public sealed record FrozenProbeScore(double Accuracy, double BalancedAccuracy, double TopFive);

/// <summary>Figures of one class.</summary>
/// <param name="Name">Value of the label column.</param>
/// <param name="Samples">Test samples of this class.</param>
/// <param name="Recall">Share of them that were found; NaN without any.</param>
/// <param name="Precision">Share of those given this class that have it; NaN where none was given.</param>
public sealed record FrozenProbeClass(string Name, long Samples, double Recall, double Precision);

/// <summary>Outcome of a probe of frozen features.</summary>
public sealed record FrozenProbeReport
{
    /// <summary>Name and version of the protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>Column of the classes.</summary>
    public required string Label { get; init; }

    /// <summary>The trained encoder.</summary>
    public required FrozenProbeScore Trained { get; init; }

    /// <summary>The same encoder with random weights; null where not asked for.</summary>
    public FrozenProbeScore? RandomInit { get; init; }

    /// <summary>The data itself as features; null where not asked for.</summary>
    public FrozenProbeScore? RawInput { get; init; }

    /// <summary>Share of the most frequent class: what always naming it would score.</summary>
    public required double MajorityShare { get; init; }

    /// <summary>Strength, penalty or neighbours that the validation part chose, or the protocol fixes.</summary>
    public required double Chosen { get; init; }

    /// <summary>Samples fitted on, chosen on and judged on.</summary>
    public required IReadOnlyList<int> Samples { get; init; }

    /// <summary>Values in a feature vector.</summary>
    public required int Width { get; init; }

    /// <summary>Each class.</summary>
    public required IReadOnlyList<FrozenProbeClass> Classes { get; init; }

    /// <summary>How often test samples of each class (rows) were given each class (columns).</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; }
}

/// <summary>A classifier on frozen features: fitted on the training part, chosen on validation, judged once on test.</summary>
public static class FrozenProbe
{
    /// <summary>Names of the protocols.</summary>
    public static IReadOnlyList<string> Protocols { get; } = [LogisticProbe.Protocol, RidgeProbe.Protocol, .. KnnProtocol.All.Select(protocol => protocol.Name)];

    /// <summary>Probes an encoder. With baselines its weights are random afterwards.</summary>
    /// <param name="encoder">Makes the features.</param>
    /// <param name="data">Samples with labels, in three parts.</param>
    /// <param name="settings">What is probed.</param>
    /// <param name="phase">Told what is being done, for a person.</param>
    /// <param name="cancellation">Stops between batches and iterations.</param>
    /// <exception cref="DataSourceException">There is no such column, fewer than two classes, or a part has no labelled sample.</exception>
    /// <exception cref="ArgumentException">The protocol is not known.</exception>
    public static FrozenProbeReport Run(FrozenEncoder encoder, DataSet data, FrozenProbeSettings settings, Action<string>? phase = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        if (!Protocols.Contains(settings.Protocol))
            throw new ArgumentException($"'{settings.Protocol}' is not a protocol; there are {string.Join(", ", Protocols)}", nameof(settings));
        var labels = data.Labels(settings.Label);
        if (labels.Names.Count < 2)
            throw new DataSourceException($"column '{settings.Label}' of {data.Name} has {labels.Names.Count} distinct values; a probe needs at least 2");
        var parts = Array.ConvertAll((DataSplit[])[DataSplit.Train, DataSplit.Validation, DataSplit.Test], part => Labelled(data, labels, part));

        phase?.Invoke("Reading features of the trained encoder");
        var trained = Judge(Features(encoder, settings), encoder, data, labels, parts, settings, cancellation);
        FrozenProbeScore? random = null, raw = null;
        if (settings.Baselines)
        {
            phase?.Invoke("Reading the raw input");
            raw = Judge(batch => RawInputFeatures.Of(batch[Modality.Image]), encoder, data, labels, parts, settings, cancellation).Score;
            phase?.Invoke("Reading features of random weights");
            encoder.Randomize();
            random = Judge(Features(encoder, settings), encoder, data, labels, parts, settings, cancellation).Score;
        }

        var confusion = trained.Confusion;
        return new FrozenProbeReport
        {
            Protocol = settings.Protocol,
            Label = settings.Label,
            Trained = trained.Score,
            RandomInit = random,
            RawInput = raw,
            MajorityShare = confusion.MajorityShare,
            Chosen = trained.Chosen,
            Samples = trained.Samples,
            Width = trained.Width,
            Classes = [.. labels.Names.Select((name, k) => Class(name, k, confusion))],
            Confusion = [.. Enumerable.Range(0, confusion.Classes).Select(truth => (IReadOnlyList<long>)[.. Enumerable.Range(0, confusion.Classes).Select(given => confusion[truth, given])])],
        };
    }

    private static FrozenProbeClass Class(string name, int index, Confusion confusion)
    {
        var given = 0L;
        for (var truth = 0; truth < confusion.Classes; truth++)
            given += confusion[truth, index];
        return new FrozenProbeClass(name, confusion.Count(index), (double)confusion[index, index] / confusion.Count(index), (double)confusion[index, index] / given);
    }

    private static int[] Labelled(DataSet data, LabelSet labels, DataSplit part)
    {
        var samples = Array.FindAll(data.Split(part), sample => labels[sample] >= 0);
        return samples.Length > 0
            ? samples
            : throw new DataSourceException($"{data.Name} has no sample with a {labels.Column} in its {part.ToString().ToLowerInvariant()} part; sort the samples into folders named train, val and test");
    }

    private static Func<Batch, Tensor> Features(FrozenEncoder encoder, FrozenProbeSettings settings) => FeatureReader.Pooled(
        encoder.Extractor(settings.Averaged), settings.Layers.Count > 0 ? settings.Layers : encoder.Features.Layers, settings.Pooling ?? encoder.Features.Pooling);

    private static Outcome Judge(
        Func<Batch, Tensor> vectors, FrozenEncoder encoder, DataSet data, LabelSet labels, int[][] parts, FrozenProbeSettings settings, CancellationToken cancellation)
    {
        var reader = new FeatureReader(data, encoder.Transform, encoder.Shape, settings.Batch);
        var tables = new List<FeatureTable>();
        try
        {
            using (encoder.Precision.Enter())
            {
                foreach (var part in parts)
                    tables.Add(reader.Read(part, vectors, cancellation));
            }

            using var scope = Scope.Enter();
            var sets = tables.ConvertAll(table => new LabelledFeatures(table.Values, Array.ConvertAll(table.Indices, index => (long)labels[index])));
            var (train, validation, test) = (sets[0], sets[1], sets[2]);
            var classes = labels.Names.Count;
            var (score, predictions, chosen) = Classify(train, validation, test, classes, settings.Protocol, cancellation);
            return new Outcome(
                new FrozenProbeScore(score.Accuracy, score.BalancedAccuracy, score.TopFive), Confusion.Of(test.Labels, predictions, classes), chosen, [train.Count, validation.Count, test.Count], train.Width);
        }
        finally
        {
            tables.ForEach(table => table.Dispose());
        }
    }

    private static (ClassificationScore Score, long[] Predictions, double Chosen) Classify(
        LabelledFeatures train, LabelledFeatures validation, LabelledFeatures test, int classes, string protocol, CancellationToken cancellation)
    {
        if (protocol == LogisticProbe.Protocol)
        {
            var fitted = LogisticProbe.Evaluate(train, validation, test, classes, cancellation: cancellation);
            return (fitted.Test, fitted.Predictions, fitted.Strength);
        }

        if (protocol == RidgeProbe.Protocol)
        {
            var fitted = RidgeProbe.Evaluate(train, validation, test, classes, cancellation: cancellation);
            return (fitted.Test, fitted.Predictions, fitted.Penalty);
        }

        var voted = NearestNeighbours.Evaluate(train, test, classes, KnnProtocol.Named(protocol), cancellation);
        return (voted.Score, voted.Predictions, voted.K);
    }

    private sealed record Outcome(FrozenProbeScore Score, Confusion Confusion, double Chosen, IReadOnlyList<int> Samples, int Width);
}
