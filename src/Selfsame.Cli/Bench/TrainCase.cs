using Selfsame.Cli.Bench.Models;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>A model whose training step is measured: ours, and the same step as a peer writes it.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Peer">Script of the peer, below the repository's root.</param>
/// <param name="Open">Builds our step, in the precision given.</param>
internal sealed record TrainCase(string Name, string Peer, Func<ComputePrecision, TrainStep> Open)
{
    /// <summary>All of them, in the order of the table: the project's systems, then the usual networks.</summary>
    public static IReadOnlyList<TrainCase> All { get; } =
    [
        FromRecipe("self-flow-small", BenchRecipe.SelfFlow, "bench/peers/self_flow.py"),
        FromRecipe("mae-small", BenchRecipe.MaskedAutoencoder, "bench/peers/mae.py"),
        FromRecipe("data2vec-small", BenchRecipe.Data2Vec, "bench/peers/data2vec.py"),
        FromRecipe("clip-small", BenchRecipe.Clip, "bench/peers/clip.py"),
        new("resnet18", "bench/peers/resnet18.py", precision => new PlainStep(new ResNet18(), precision)),
        new("bert-small", "bench/peers/bert.py", precision => new PlainStep(new MaskedLanguageModel(), precision)),
        new("gpt-small", "bench/peers/gpt.py", precision => new PlainStep(new CausalLanguageModel(), precision)),
    ];

    private static TrainCase FromRecipe(string name, string recipe, string peer) => new(name, peer, precision =>
    {
        var (settings, model) = BenchRecipe.Load(recipe);
        return new RecipeStep(settings, model, precision);
    });
}
