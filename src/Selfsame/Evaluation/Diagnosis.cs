using System.Text.Json.Serialization;

namespace Selfsame.Evaluation;

/// <summary>How a run is doing, in one word.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Health>))]
public enum Health
{
    /// <summary>Nothing speaks against it.</summary>
    [JsonStringEnumMemberName("healthy")]
    Healthy,

    /// <summary>The loss exploded, or is not a number.</summary>
    [JsonStringEnumMemberName("diverged")]
    Diverged,

    /// <summary>All samples get nearly the same features, or features in very few directions.</summary>
    [JsonStringEnumMemberName("collapsed")]
    Collapsed,

    /// <summary>The loss is that of guessing, or where it started.</summary>
    [JsonStringEnumMemberName("at_chance")]
    AtChance,

    /// <summary>Too little was measured to tell.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>What is wrong with a run, why that is the judgement, and what to try; or that nothing is.</summary>
/// <param name="Kind">In one word.</param>
/// <param name="Why">The figures behind it, in a sentence.</param>
/// <param name="Try">What to do; empty when there is nothing to do.</param>
public sealed record Diagnosis(Health Kind, string Why, string Try)
{
    /// <summary>True when something should be done.</summary>
    [JsonIgnore]
    public bool IsBad => Kind is Health.Diverged or Health.Collapsed or Health.AtChance;

    /// <summary>In a few words, for people.</summary>
    [JsonIgnore]
    public string Title => Kind switch
    {
        Health.Healthy => "Healthy",
        Health.Diverged => "Diverged",
        Health.Collapsed => "Collapsed",
        Health.AtChance => "Still at chance",
        _ => "Not known",
    };

    /// <summary>All of it in one line.</summary>
    public override string ToString() => Try.Length == 0 ? $"{Title}: {Why}" : $"{Title}: {Why} {Try}";
}

/// <summary>What features of a few hundred samples look like, without labels.</summary>
/// <param name="Spread">Standard deviation of L2-normalised features over 1 / sqrt(D): 0 collapsed, about 1 evenly spread.</param>
/// <param name="Rank">Effective rank of the centred features: directions in which samples differ; null where it was not measured.</param>
/// <param name="MostRank">Largest rank there could be: the smaller of features and samples - 1.</param>
public readonly record struct FeatureHealth(double Spread, double? Rank = null, long MostRank = 0);
