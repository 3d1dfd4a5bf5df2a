namespace Selfsame.Recipes;

/// <summary>What to measure, and when. A measure that is null is left out; one that the data can't serve (no labels) says so and is skipped.</summary>
public sealed record EvaluateSettings
{
    /// <summary>Distance between evaluations; there is always one at the end. Null (default): only that one.</summary>
    public Duration? Every { get; init; }

    /// <summary>Where features are taken from.</summary>
    public FeatureSettings Features { get; init; } = new();

    /// <summary>Class by vote of the nearest neighbours.</summary>
    public KnnSettings? Knn { get; init; } = new();

    /// <summary>Class by a linear layer on frozen features. Default null.</summary>
    public ProbeSettings? Probe { get; init; }

    /// <summary>Another view, or the other modality, of the same thing among all others. Default null.</summary>
    public RetrievalSettings? Retrieval { get; init; }

    /// <summary>Generated samples, for systems that generate. Default null.</summary>
    public SampleSettings? Samples { get; init; }
}

/// <summary>Where features are taken from.</summary>
public sealed record FeatureSettings
{
    /// <summary>Block whose output is taken, from 1. Null (default): the last, after the final normalization.</summary>
    [Limits(1, 1024, "the number of a block")]
    public int? Layer { get; init; }

    /// <summary>How tokens become one vector. Default auto.</summary>
    public Pooling Pooling { get; init; }
}

/// <summary>How tokens become one vector.</summary>
public enum Pooling
{
    /// <summary>The class token where there is one, else the mean.</summary>
    Auto,

    /// <summary>The class token.</summary>
    ClassToken,

    /// <summary>The mean of all tokens that have a place.</summary>
    Mean,

    /// <summary>The largest value over all tokens that have a place.</summary>
    Max,
}

/// <summary>Weighted vote of the nearest neighbours by cosine similarity. Wu et al. 2018, arXiv:1805.01978.</summary>
public sealed record KnnSettings
{
    /// <summary>Neighbours that vote, at least 1. Default 20.</summary>
    [Limits(1, 1_000_000, "the number of neighbours that vote"), Unit("neighbours")]
    public int K { get; init; } = 20;

    /// <summary>Divides the similarity in the weight exp(similarity / temperature), above 0. Default 0.07.</summary>
    [Limits(0, 1e6, "the temperature of the vote", AboveMin = true)]
    public double Temperature { get; init; } = 0.07;
}

/// <summary>A linear layer trained on frozen, standardized features.</summary>
public sealed record ProbeSettings
{
    /// <summary>Passes through the training features, at least 1. Default 100.</summary>
    [Limits(1, 1_000_000, "the number of passes through the features"), Unit("epochs")]
    public int Epochs { get; init; } = 100;

    /// <summary>Samples in a step, at least 1. Default 256.</summary>
    [Limits(1, 1 << 24, "the number of samples in a step"), Unit("samples")]
    public int Batch { get; init; } = 256;

    /// <summary>Peak learning rate, above 0; it falls along a cosine. Default 0.001.</summary>
    [Limits(0, 1e6, "the peak learning rate", AboveMin = true)]
    public double Rate { get; init; } = 0.001;

    /// <summary>Weight decay, at least 0. Default 0.</summary>
    [Limits(0, 1e6, "the weight decay")]
    public double Decay { get; init; }
}

/// <summary>Share of queries whose partner is among the nearest few.</summary>
public sealed record RetrievalSettings
{
    /// <summary>The numbers of nearest that are looked at, each at least 1. Default 1, 5, 10.</summary>
    [Count(1, 16), Limits(1, 1_000_000, "the number of nearest looked at")]
    public EquatableList<int> At { get; init; } = [1, 5, 10];
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
