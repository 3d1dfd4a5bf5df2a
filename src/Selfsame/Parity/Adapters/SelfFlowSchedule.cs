using Selfsame.Corruption;

namespace Selfsame.Parity.Adapters;

/// <summary>Self-Flow's distributions of noise levels.</summary>
internal sealed class SelfFlowSchedule : IParityAdapter
{
    private static readonly string[] DrawNames = ["u", "z", "u_mix", "u_high"];

    public string System => "self-flow";

    public string Case => "schedule";

    public void Run(ParityCase c)
    {
        var (location, scale, shift) = (c.Config.Number("mu"), c.Config.Number("sigma"), c.Config.Number("alpha"));
        var draws = new RecordedDraws(DrawNames.ToDictionary(name => name, name => c.Doubles($"in/{name}")));
        var count = (int)c.Entry("in/u").ElementCount;
        var uniform = new UniformNoiseLevels(shift);
        var plain = new LogitNormalNoiseLevels(location, scale);
        var shifted = plain with { Shift = shift };
        var mixture = new TailMixtureNoiseLevels(shifted, c.Config.Number("mix_prob"), c.Config.Number("mix_low"));

        c.Expect("out/uniform_shifted", Sample(uniform));
        c.Expect("out/logit_normal", Sample(plain));
        c.Expect("out/logit_normal_shifted", Sample(shifted));
        c.Expect("out/logit_normal_mixture", Sample(mixture));

        var grid = c.Doubles("in/grid");
        c.Expect("out/pdf_uniform_shifted", Density(uniform));
        c.Expect("out/pdf_logit_normal_shifted", Density(shifted));
        c.Expect("out/pdf_plateau_logit_normal_shifted", Density(new PlateauNoiseLevels(shifted)));
        c.Expect("out/mode_logit_normal_shifted", shifted.Mode());
        c.Expect("out/sampling_grid", NoiseLevels.SamplingGrid(c.Config.Whole("num_steps"), shift));

        var edm = Sample(new EdmNoiseLevels(location, scale, c.Config.Number("sigma_data")));
        c.Expect("out/edm_time_data_at_zero", edm);
        c.Expect("out/edm_time_noise_at_zero", Array.ConvertAll(edm, level => 1 - level));

        double[] Sample(INoiseLevels levels)
        {
            var values = new double[count];
            levels.Sample(draws, values);
            return values;
        }

        double[] Density(INoiseLevels levels)
        {
            var values = new double[grid.Length];
            levels.Density(grid, values);
            return values;
        }
    }
}
