using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Self-Flow's network and projector, with gradients.</summary>
internal sealed class SelfFlowForward : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "forward";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var model = SelfFlowNetwork.Transformer(c.Config);
        using var projector = SelfFlowNetwork.Projector(c.Config);
        c.Load(model);
        c.Load(projector, "param/projector.");

        var (x, times, labels) = (c.Leaf("in/x"), c.Tensor("in/timesteps"), c.Tensor("in/labels"));
        var layers = new List<Tensor>();
        var prediction = model.Forward(x, times, labels: labels, layers: layers);
        var features = projector.Forward(layers[c.Config.Whole("feature_layer") - 1]);
        var loss = (prediction * c.Tensor("in/ct_pred")).Sum() + (features * c.Tensor("in/ct_features")).Sum();
        loss.Backward();

        c.Expect("out/t_emb", model.EmbedTime(times));
        c.Expect("out/pred", prediction);
        c.Expect("out/pred_scalar_t", model.Forward(x, c.Tensor("in/timesteps_scalar").Unsqueeze(1), labels: labels));
        c.Expect("out/features", features);
        var last = c.Config.Whole("raw_feature_layer");
        c.Expect("out/raw_features", layers[last - 1]);
        c.Expect("out/raw_features", model.Features(x, times, last, labels: labels));
        c.Expect("out/loss", loss);
        c.ExpectGradients(model);
        c.ExpectGradients(projector, "grad/projector.");
        c.Expect("grad/in.x", x.Gradient!);
    }
}
