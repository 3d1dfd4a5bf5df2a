using System.Text.Json;
using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Losses of every path, prediction and weight, with the times they are trained on.</summary>
internal sealed class SitLosses : IParityAdapter
{
    public string System => "sit";

    public string Case => "losses";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var draws = c.Doubles("in/u");
        var (noise, data) = (c.Tensor("in/x0"), c.Tensor("in/x1"));
        double? cut = c.Config.GetProperty("train_eps") is { ValueKind: JsonValueKind.Number } eps ? eps.GetDouble() : null;
        foreach (var name in c.Names("out/").Where(name => name.EndsWith(".loss", StringComparison.Ordinal)))
        {
            var key = name["out/".Length..^".loss".Length];
            var parts = key.Split('.');
            var (path, prediction) = (SitNames.Path(parts[0]), SitNames.Prediction(parts[1]));
            var interval = TimeInterval.ForTraining(path, prediction, cut);
            var times = Array.ConvertAll(draws, interval.At);
            var output = c.Leaf("in/model_output");
            var loss = new FlowLoss(path, prediction, SitNames.Weight(parts[2])).Compute(output, data, noise, times);
            loss.Mean().Backward();
            c.Expect($"out/{key}.t", times);
            c.Expect(name, loss);
            c.Expect($"grad/in.model_output.{key}", output.Gradient!);
            if (c.Has($"out/{key}.xt"))
                c.Expect($"out/{key}.xt", path.Mix(data, noise, times));
        }
    }
}
