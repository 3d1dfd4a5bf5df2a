using Selfsame.Recipes;

namespace Selfsame.Claims;

/// <summary>A published claim, made small enough to test: arms that differ in a few settings, trained on the same data for the same steps with the same seeds.</summary>
/// <remarks>Read from <c>recipes/claims/KEY.yaml</c> the way recipes are read, see <see cref="ClaimFile"/>.</remarks>
public sealed record ClaimSettings : ICheckable
{
    /// <summary>What the paper says, in a sentence.</summary>
    public required string Claim { get; init; }

    /// <summary>Address of the paper.</summary>
    public required string Paper { get; init; }

    /// <summary>How far this test is from the paper's, in a sentence or two.</summary>
    public required string Scale { get; init; }

    /// <summary>The recipe that all arms start from, relative to this file.</summary>
    public required string Recipe { get; init; }

    /// <summary>Changes for every arm: full recipe keys and values, as with <c>--set</c>.</summary>
    public EquatableDictionary<string> Set { get; init; } = new([]);

    /// <summary>Every arm runs once with each, 2 to 100. Default 0, 1, 2.</summary>
    [Count(2, 100)]
    public EquatableList<ulong> Seeds { get; init; } = [0, 1, 2];

    /// <summary>What is compared, by name.</summary>
    public required EquatableDictionary<ArmSettings> Arms { get; init; }

    /// <summary>What the claim predicts.</summary>
    [Count(1, 100)]
    public required EquatableList<PredictionSettings> Predictions { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Arms.Count < 2)
            yield return new("arms", $"has {Arms.Count}; a claim compares at least two");
        if (Seeds.Distinct().Count() < Seeds.Count)
            yield return new("seeds", "names a seed twice; the same seed gives the same run");
        for (var i = 0; i < Predictions.Count; i++)
        {
            var (better, than) = (Predictions[i].Better, Predictions[i].Than);
            foreach (var (key, arm) in new[] { ("better", better), ("than", than) })
            {
                if (!Arms.ContainsKey(arm))
                    yield return new($"predictions[{i}].{key}", $"is {arm}, which is not an arm. Arms: {string.Join(", ", Arms.Keys)}");
            }

            if (better == than)
                yield return new($"predictions[{i}].than", $"is {than}, the same arm; a prediction compares two");
        }
    }
}

/// <summary>One side of a comparison.</summary>
public sealed record ArmSettings
{
    /// <summary>What it is, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>Changes of the recipe, after those for every arm.</summary>
    public EquatableDictionary<string> Set { get; init; } = new([]);
}

/// <summary>One thing the claim predicts.</summary>
public sealed record PredictionSettings
{
    /// <summary>The arm that should be better.</summary>
    public required string Better { get; init; }

    /// <summary>The arm it should be better than.</summary>
    public required string Than { get; init; }

    /// <summary>Metric of the evaluation; which way is better is decided by the metric.</summary>
    public required string Metric { get; init; }
}
