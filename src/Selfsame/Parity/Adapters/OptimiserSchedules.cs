using Selfsame.Training.Schedules;

namespace Selfsame.Parity.Adapters;

/// <summary>Learning-rate schedules of transformers, nanoGPT and MAE.</summary>
internal sealed class OptimiserSchedules : IParityAdapter
{
    public string System => "optimisers";

    public string Case => "schedules";

    public void Run(ParityCase c)
    {
        var (total, warmup) = (c.Config.Number("total"), c.Config.Number("warmup"));
        var (rate, end) = (c.Config.Number("lr"), c.Config.Number("min_lr"));
        var steps = c.Integers("in/steps");
        c.Expect("out/hf_cosine", new HuggingFaceCosineSchedule(rate, warmup, total).AtAll(steps));
        c.Expect("out/hf_linear", new HuggingFaceLinearSchedule(rate, warmup, total).AtAll(steps));
        c.Expect("out/nanogpt_cosine", new NanoGptCosineSchedule(rate, end, warmup, total).AtAll(steps));
        c.Expect("out/mae_cosine", new MaeCosineSchedule(rate, end, warmup, total).AtAll(steps));
    }
}
