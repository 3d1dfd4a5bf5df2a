using Selfsame.Evaluation;

namespace Selfsame.Data.Checking;

/// <summary>How far a check is.</summary>
/// <param name="Activity">What is being done, for a person.</param>
/// <param name="Done">Samples done.</param>
/// <param name="Total">Samples in all.</param>
public readonly record struct CheckProgress(string Activity, int Done, int Total);

/// <summary>How a data set is checked.</summary>
public sealed record DataCheckOptions
{
    /// <summary>Threads; 0 (default): one for each processor core.</summary>
    public int Workers { get; init; }

    /// <summary>Distance up to which two pictures are near duplicates, 0 to 1; 0 finds none but exact ones. Null (default): 0.22, a correlation of 0.976.</summary>
    public double? NearDistance { get; init; }

    /// <summary>Features of a trained model, compared in place of the pictures' sketches. Null (default): sketches.</summary>
    public FeatureTable? Features { get; init; }

    /// <summary>Cosine of features, their mean taken away, from which samples are near duplicates. Default 0.95.</summary>
    public double FeatureCosine { get; init; } = 0.95;

    /// <summary>Called from several threads.</summary>
    public IProgress<CheckProgress>? Progress { get; init; }
}
