using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Self-Flow's official stochastic sampler: plain, guided, and guided in an interval.</summary>
internal sealed class SelfFlowSampling : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "sampling";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var model = SelfFlowNetwork.Transformer(c.Config);
        c.Load(model);
        var settings = new SamplerSettings { Kind = SamplerKind.Sde, Steps = c.Config.Whole("num_steps") };
        var (start, labels) = (c.Tensor("in/x_init"), c.Tensor("in/labels"));
        var (noise, both) = (c.Tensor("in/noise"), c.Tensor("in/noise_cfg"));

        var states = new List<float[]>();
        c.Expect("out/sample", FlowSampler.Sample(model, start, labels, settings, step => noise.Select(0, step), (_, x) => states.Add(x.ToArray<float>())));
        c.Expect("out/trajectory", states.SkipLast(1).SelectMany(state => state).ToArray());
        c.Expect("out/model_timesteps", settings.Levels().AsSpan(0, settings.Steps));

        var scale = c.Config.Number("cfg_scale");
        Guided("sample_cfg", new Guidance(scale));
        Guided("sample_cfg_interval", new Guidance(scale, c.Config.Number("guidance_low"), c.Config.Number("guidance_high")));

        void Guided(string name, Guidance guidance)
        {
            var guided = settings with { Guidance = guidance };
            var batch = start.Size(0);
            var halves = FlowSampler.Sample(model, Ops.Cat([start, start]), labels, guided, step => both.Select(0, step)).Chunk(2);
            c.Expect($"out/{name}_uncond_half", halves[0]);
            c.Expect($"out/{name}", halves[1]);
            c.Expect($"out/{name}", FlowSampler.Sample(model, start, labels, guided, step => both.Select(0, step).Narrow(0, batch, batch)));
        }
    }
}
