using Selfsame.Objectives;
using Selfsame.Recipes;

namespace Selfsame.Tests.Recipes;

/// <summary>Settings of a made-up method with everything a method may ask for.</summary>
internal sealed record MaskedSettings : ObjectiveSettings
{
    public override Objective Build(ModelContext model) => throw new InvalidOperationException("a record for tests of recipes only");

    public double MaskRatio { get; init; } = 0.75;

    public bool NormalizeTarget { get; init; } = true;

    public MaskedDecoderSettings Decoder { get; init; } = new() { Width = 512, Depth = 8 };

    public override IEnumerable<RecipeProblem> Check()
    {
        if (MaskRatio is not (> 0 and < 1))
            yield return new("mask_ratio", $"is {MaskRatio}; it is the share of patches hidden, so it lies between 0 and 1 (paper: 0.75)");
    }
}

internal sealed record MaskedDecoderSettings
{
    [Limits(1, 65536, "the number of values in a token"), Unit("values")]
    public int Width { get; init; } = 768;

    public int Depth { get; init; } = 12;

    public EquatableDictionary<double> Weights { get; init; } = new([]);
}

/// <summary>A method with a setting that has no honest default.</summary>
internal sealed record FlowSettings : ObjectiveSettings
{
    public required int Layer { get; init; }

    public EquatableList<string> Names { get; init; } = [];

    public override Objective Build(ModelContext model) => throw new InvalidOperationException("a record for tests of recipes only");
}

internal static class TestSystems
{
    public static SystemTable Table { get; } = new(
    [
        new("mae", "Masked autoencoder", "Reconstruction", ["image"], "He et al. 2021", "recipes/mae.yaml", typeof(MaskedSettings)),
        new("self-flow", "Self-Flow", "Generation", ["image"], "2026", "recipes/self-flow.yaml", typeof(FlowSettings)),
    ]);

    public static IReadOnlyDictionary<string, string> NoEnvironment { get; } = new Dictionary<string, string>();

    /// <summary>A correct recipe; each line has a number that tests count on.</summary>
    public const string Good = """
        system: mae
        seed: 7
        duration: { steps: 5000 }
        batch: 256
        data:
          source: emoji
          image_size: 64
          views: [{ size: 64, crop: { scale: [0.2, 1.0] } }, { size: 32 }]
        encoder: { kind: vit, patch: 8, width: 384, depth: 12, heads: 6, positions: sincos }
        objective:
          mask_ratio: 0.75
          decoder: { width: 192 }
        optimizer: { kind: adamw, betas: [0.9, 0.95], rate_per_256: 1.5e-4 }
        schedule: { kind: cosine, warmup: { steps: 250 } }
        parameters:
          - { rank: 1, decay: 0.0 }
          - { match: ".*", decay: 0.05 }
        checkpoint: { every: { time: 10m } }
        """;

    public static LoadedRecipe Load(string yaml, params Override[] overrides) =>
        new RecipeLoader(Table).LoadText(yaml, "r.yaml", overrides, NoEnvironment);

    /// <summary>The good recipe with one piece of text exchanged, which must occur in it.</summary>
    public static string With(string old, string replacement)
    {
        Assert.Contains(old, Good, StringComparison.Ordinal);
        return Good.Replace(old, replacement, StringComparison.Ordinal);
    }

    /// <summary>The whole message of a recipe that is refused.</summary>
    public static string Fault(string yaml, params Override[] overrides) =>
        Assert.Throws<RecipeException>(() => Load(yaml, overrides)).Message;
}
