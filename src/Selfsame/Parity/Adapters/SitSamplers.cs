using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Deterministic and stochastic samplers on a small recorded network.</summary>
internal sealed class SitSamplers : IParityAdapter
{
    public string System => "sit";

    public string Case => "samplers";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var (points, lastStep, scale) = (c.Config.Whole("num_steps"), c.Config.Number("last_step_size"), c.Config.Number("scale"));
        var (start, weight, slope, bias) = (c.Tensor("in/x_init"), c.Tensor("param/w"), c.Tensor("param/bt"), c.Tensor("param/b"));
        var noise = c.Tensor("in/noise");
        foreach (var name in c.Names("out/"))
        {
            var states = new List<float[]>();
            var parts = name["out/".Length..].Split('.');
            var (path, prediction, method) = (SitNames.Path(parts[1]), SitNames.Prediction(parts[2]), SitNames.Method(parts[3]));
            var field = new FlowField(path, prediction, (x, time) => ((x.Matmul(weight) + (slope * time) + bias).Tanh() * scale) - (x * 0.3));
            if (parts[0] == "ode")
            {
                new OdeSampler(method).Sample(field, start, TimeInterval.ForOde(path, prediction).Grid(points), (_, x) => states.Add(x.ToArray<float>()));
            }
            else
            {
                var sampler = new SdeSampler(method, SitNames.Last(parts[5]), SitNames.Form(parts[4]), c.Config.Number("norm"));
                var interval = TimeInterval.ForSde(path, prediction, sampler.Form, sampler.Last == LastStep.None ? 0 : lastStep);
                sampler.Sample(field, start, interval.Grid(points), step => noise.Select(0, step), (_, x) => states.Add(x.ToArray<float>()));
                states.RemoveAt(0); // recorded are the states after each step …
                if (sampler.Last == LastStep.None)
                    states.Add(states[^1]); // … and the result again
            }

            c.Expect(name, states.SelectMany(state => state).ToArray());
        }
    }
}
