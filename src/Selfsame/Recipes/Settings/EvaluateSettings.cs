using Selfsame.Evaluation;

namespace Selfsame.Recipes;

/// <summary>What to measure of the trained model, and of the two baselines beside it.</summary>
public sealed record EvaluateSettings : ICheckable
{
    /// <summary>How often to evaluate during the run; at the end it always happens. Null (default): only at the end.</summary>
    public Duration? Every { get; init; }

    /// <summary>Column of the data whose values the classifiers predict. Null (default): the first of category, label, class, folder that the data has.</summary>
    public string? Label { get; init; }

    /// <summary>Column that tells different views of one thing apart, for retrieval. Null (default): the first of vendor, view that the data has.</summary>
    public string? View { get; init; }

    /// <summary>Samples of the training part that classifiers are fitted on, spread evenly over it, at least 1. Null (default): all.</summary>
    [Limits(1, 1_000_000_000, "the number of samples that classifiers are fitted on"), Unit("samples")]
    public int? TrainSamples { get; init; }

    /// <summary>Samples of the test part that are measured on, and of the validation part that settings are chosen on, spread evenly over each, at least 1. Null (default): all.</summary>
    [Limits(1, 1_000_000_000, "the number of samples that are measured on"), Unit("samples")]
    public int? TestSamples { get; init; }

    /// <summary>Which features are judged.</summary>
    public FeatureSettings Features { get; init; } = new();

    /// <summary>Nearest neighbours; null for none.</summary>
    public KnnSettings? Knn { get; init; } = new();

    /// <summary>Linear classifier; null for none.</summary>
    public ProbeSettings? Probe { get; init; } = new();

    /// <summary>Finding the other views of a thing; null for none.</summary>
    public RetrievalSettings? Retrieval { get; init; } = new();

    /// <summary>Finding the picture of a caption, the caption of a sound and so on, where samples have several modalities; null for none.</summary>
    public CrossModalSettings? CrossModal { get; init; } = new();

    /// <summary>Features of several augmented views of a sample, for LiDAR and alignment; null for none.</summary>
    public AugmentedSettings? Augmented { get; init; } = new();

    /// <summary>Samples of generative methods; null for none.</summary>
    public SampleSettings? Samples { get; init; } = new();

    /// <summary>Labelled data sets to judge features on beside the training data, each under its name. Default none.</summary>
    public EquatableList<EvaluationSetSettings> Sets { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        for (var k = 0; k < Sets.Count; k++)
        {
            if (Sets.Take(k).Any(earlier => earlier.Name == Sets[k].Name))
                yield return new($"sets[{k}].name", $"is {Sets[k].Name}, the name of an earlier set; names tell their metrics apart");
        }
    }
}

/// <summary>A labelled data set that features are judged on: classifiers are fitted on its training part and measured on its test part.</summary>
public sealed record EvaluationSetSettings : ICheckable
{
    /// <summary>Put before its metrics: <c>flowers</c> gives <c>flowers/knn_accuracy</c>. Letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>As data.source: a name from the catalogue, a folder, a manifest or tar shards.</summary>
    public required string Source { get; init; }

    /// <summary>Column of its classes. Null (default): the first of category, label, class, folder that it has.</summary>
    public string? Label { get; init; }

    /// <summary>Column that tells different views of one thing apart. Null (default): the first of vendor, view that it has.</summary>
    public string? View { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Name.Length == 0 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            yield return new("name", $"is '{Name}'; it stands in metric names, so it takes letters, digits, '-' and '_'");
    }
}

/// <summary>Augmented views of test samples, made as in training.</summary>
public sealed record AugmentedSettings
{
    /// <summary>Samples, at least 2. LiDAR is at most one less. Default 128.</summary>
    [Limits(2, 1_000_000, "the number of samples that are augmented"), Unit("samples")]
    public int Samples { get; init; } = 128;

    /// <summary>Views of each, at least 2. Default 4.</summary>
    [Limits(2, 1000, "the number of views of a sample"), Unit("views")]
    public int Views { get; init; } = 4;
}

/// <summary>Which features are judged.</summary>
public sealed record FeatureSettings
{
    /// <summary>Blocks whose outputs are put side by side, from 1. Empty (default): the method's own choice, else the last.</summary>
    [Limits(1, 1024, "the number of a block")]
    public EquatableList<int> Layers { get; init; } = [];

    /// <summary>How tokens become one vector. Default: the class token where there is one, else the mean.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>What is done to each feature before vectors are compared. Default: as they are. The same is done to the baselines.</summary>
    public FeatureScaling Scaling { get; init; }

    /// <summary>Use the teacher's average of the weights where there is one. Default true.</summary>
    public bool Averaged { get; init; } = true;
}

/// <summary>What is done to each feature before vectors are compared; measured on the training part.</summary>
public enum FeatureScaling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The mean is subtracted, so that cosines see differences and not what all samples share.</summary>
    Center,

    /// <summary>The mean is subtracted and the standard deviation divided out.</summary>
    Standardize,
}

/// <summary>How tokens become one vector.</summary>
public enum Pooling
{
    /// <summary>The class token where there is one, else the mean.</summary>
    Auto,

    /// <summary>The class token.</summary>
    ClassToken,

    /// <summary>Mean of the grid's tokens.</summary>
    Mean,

    /// <summary>Largest value of each feature over the grid's tokens.</summary>
    Max,

    /// <summary>Means over the four quarters of the grid, side by side: keeps where things are.</summary>
    Quarters,

    /// <summary>Means over a 4 × 4 grid of regions, side by side.</summary>
    Sixteenths,
}

/// <summary>Weighted vote of the nearest neighbours by cosine similarity. Wu et al. 2018, arXiv:1805.01978.</summary>
public sealed record KnnSettings : ICheckable
{
    /// <summary>How votes are weighed: knn/dino-1 (default), knn/solo-1/cosine, knn/solo-1/euclidean, knn/dinov2-1.</summary>
    public string Protocol { get; init; } = KnnProtocol.Dino.Name;

    /// <summary>Neighbours that vote, at least 1. Default 20.</summary>
    [Limits(1, 1_000_000, "the number of neighbours that vote"), Unit("neighbours")]
    public int K { get; init; } = 20;

    /// <summary>Divides the similarity in the weight exp(similarity / temperature), above 0. Default 0.07.</summary>
    [Limits(0, 1e6, "the temperature of the vote", AboveMin = true)]
    public double Temperature { get; init; } = 0.07;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check() => Protocols.Check("protocol", Protocol, [.. KnnProtocol.All.Select(protocol => protocol.Name)]);
}

/// <summary>Linear classifier: multinomial logistic regression on standardised features (<c>probe/logistic-2</c>), or ridge regression (<c>probe/ridge-1</c>).</summary>
public sealed record ProbeSettings : ICheckable
{
    /// <summary>Which classifier: probe/logistic-2 (default) or probe/ridge-1, which is faster.</summary>
    public string Protocol { get; init; } = LogisticProbe.Protocol;

    /// <summary>Strengths C tried on the validation part, rising; the penalty on the weights is 1/(2C).</summary>
    [Count(1, 100), Limits(0, 1e9, "a strength of the probe", AboveMin = true)]
    public EquatableList<double> Strengths { get; init; } = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

    /// <summary>Penalties tried on the validation part by probe/ridge-1, falling; the factor of the squared weights.</summary>
    [Count(1, 100), Limits(0, 1e12, "a penalty of the probe", AboveMin = true)]
    public EquatableList<double> Penalties { get; init; } = [.. RidgeProbe.Penalties];

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check() => Protocols.Check("protocol", Protocol, [LogisticProbe.Protocol, RidgeProbe.Protocol]);

    internal string ProtocolId => Protocol == RidgeProbe.Protocol
        ? Protocols.Id(Protocol, ("penalties", string.Join('|', Penalties), string.Join('|', RidgeProbe.Penalties)))
        : Protocols.Id(Protocol, ("C", string.Join('|', Strengths), string.Join('|', new ProbeSettings().Strengths)));
}

/// <summary>Finding the other views of a thing by nearest neighbours (<c>retrieval/cross-view-1</c>); the block has no settings of its own.</summary>
public sealed record RetrievalSettings;

/// <summary>
/// Finding the partner of a sample in another modality (<c>retrieval/cca-1</c>): each modality's features are taken alone, a linear map into
/// a shared space is fitted on pairs of the training part, and partners are looked for in the test part.
/// </summary>
public sealed record CrossModalSettings
{
    /// <summary>Pairs of the training part that the map is fitted on, and of the test part that are looked for, at most, spread evenly; at least 2. Default 4000.</summary>
    [Limits(2, 1_000_000_000, "the number of pairs"), Unit("pairs")]
    public int Pairs { get; init; } = 4000;

    /// <summary>Penalties tried on the validation part, as shares of the features' mean variance, each above 0.</summary>
    [Count(1, 100), Limits(0, 1e9, "a penalty of the map", AboveMin = true)]
    public EquatableList<double> Penalties { get; init; } = [0.01, 0.1, 1, 10];
}

/// <summary>Generated samples.</summary>
public sealed record SampleSettings
{
    /// <summary>How many, at least 1. Default 64.</summary>
    [Limits(1, 1_000_000, "the number of samples generated"), Unit("samples")]
    public int Count { get; init; } = 64;

    /// <summary>Steps from noise to data, at least 1. Default 50.</summary>
    [Limits(1, 100_000, "the number of steps from noise to data"), Unit("steps")]
    public int Steps { get; init; } = 50;

    /// <summary>Weight of classifier-free guidance, at least 0; 1 (default) is none. Ho and Salimans 2022, arXiv:2207.12598.</summary>
    [Limits(0, 1000, "the weight of guidance")]
    public double Guidance { get; init; } = 1;

    /// <summary>How a step is taken. Default euler.</summary>
    public Sampler Sampler { get; init; }

    /// <summary>
    /// Also compare features of a small classifier of the data (<c>frechet/small-convnet-1</c>, <c>kid/small-convnet-1</c>). It is trained once for each data
    /// set, in less than a minute, and kept in the cache folder. Default false.
    /// </summary>
    public bool Frechet { get; init; }
}

/// <summary>How a step from noise towards data is taken.</summary>
public enum Sampler
{
    /// <summary>Along the velocity, first order.</summary>
    Euler,

    /// <summary>Along the mean of the velocities at both ends, second order.</summary>
    Heun,

    /// <summary>Along the velocity with fresh noise, first order.</summary>
    EulerMaruyama,
}
