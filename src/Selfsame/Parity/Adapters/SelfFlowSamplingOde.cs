using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Self-Flow's deterministic sampler on a shifted grid, plain and guided.</summary>
internal sealed class SelfFlowSamplingOde : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "sampling-ode";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var model = SelfFlowNetwork.Transformer(c.Config);
        c.Load(model);
        var (start, labels) = (c.Tensor("in/x_init"), c.Tensor("in/labels"));
        var plain = new SamplerSettings { Steps = c.Config.Whole("num_steps"), Shift = c.Config.Number("sampleshift") };
        var guided = plain with { Guidance = new Guidance(c.Config.Number("cfg_scale")) };

        c.Expect("out/timesteps", plain.Levels());
        var states = new List<float[]>();
        c.Expect("out/sample_euler", FlowSampler.Sample(model, start, labels, plain, observer: (_, x) => states.Add(x.ToArray<float>())));
        c.Expect("out/trajectory_euler", states.SelectMany(state => state).ToArray());
        c.Expect("out/sample_heun", FlowSampler.Sample(model, start, labels, plain with { Method = StepMethod.Heun }));
        c.Expect("out/sample_euler_cfg", FlowSampler.Sample(model, start, labels, guided));
        c.Expect("out/sample_heun_cfg", FlowSampler.Sample(model, start, labels, guided with { Method = StepMethod.Heun }));
    }
}
