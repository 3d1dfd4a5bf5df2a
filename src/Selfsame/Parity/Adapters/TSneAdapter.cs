using Selfsame.Evaluation.Gallery;

namespace Selfsame.Parity.Adapters;

/// <summary>Exact t-SNE: probabilities, divergence, gradient and a few exaggerated iterations.</summary>
internal sealed class TSneCase : IParityAdapter
{
    private const double Exaggeration = 12, Momentum = 0.5;

    public string System => "umap-tsne";

    public string Case => "tsne";

    public void Run(ParityCase c)
    {
        var count = c.Config.Whole("n");
        var distances = TSneAffinities.Distances(c.Doubles("in/features"), count);
        var conditional = TSneAffinities.Conditional(distances, count, c.Config.Number("perplexity"));
        var joint = TSneAffinities.Joint(conditional, count);
        c.Expect("out/distances", distances);
        c.Expect("out/conditional", conditional);
        c.Expect("out/joint", joint);

        var descent = new TSneDescent(joint, c.Doubles("in/embedding"));
        c.Expect("out/loss", descent.Divergence());
        c.Expect("out/kl_exaggerated", descent.Divergence(Exaggeration));
        c.Expect("grad/in.embedding", descent.Gradient());
        c.Expect("out/gradient_exaggerated", descent.Gradient(Exaggeration));
        for (var step = 0; step < c.Config.Whole("steps"); step++)
            descent.Step(c.Config.Number("learning_rate"), Momentum, Exaggeration);
        c.Expect("next/embedding", descent.Embedding());
    }
}
