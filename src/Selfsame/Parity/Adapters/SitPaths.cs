using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Coefficients and conversions of the interpolant paths.</summary>
internal sealed class SitPaths : IParityAdapter
{
    public string System => "sit";

    public string Case => "paths";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var norm = c.Config.Number("norm");
        var times = c.Doubles("in/t");
        var (noise, data) = (c.Tensor("in/x0"), c.Tensor("in/x1"));
        foreach (var name in c.Names("out/"))
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var path = SitNames.Path(name[4..dot]);
            var state = path.Mix(data, noise, times);
            var velocity = path.Velocity(data, noise, times);
            if (Values(path, name[(dot + 1)..]) is { } values)
                c.Expect(name, Array.ConvertAll(times, time => values(time)));
            else
                c.Expect(name, States(path, name[(dot + 1)..], state, velocity));
        }

        Func<double, double>? Values(InterpolantPath path, string quantity) => quantity switch
        {
            "alpha" => path.Alpha,
            "d_alpha" => path.AlphaSlope,
            "d_alpha_over_alpha" => path.AlphaLogSlope,
            "sigma" => path.Sigma,
            "d_sigma" => path.SigmaSlope,
            "drift_var" => path.ScoreRate,
            _ when quantity.StartsWith("diffusion_", StringComparison.Ordinal) => time => path.Diffusion(SitNames.Form(quantity[10..]), time, norm),
            _ => null,
        };

        Tensor States(InterpolantPath path, string quantity, Tensor state, Tensor velocity) => quantity switch
        {
            "xt" => state,
            "ut" => velocity,
            "drift_mean" => path.ForwardDrift(state, times),
            "velocity_from_score" => path.VelocityFromScore(path.ScoreFromNoise(noise, times), state, times),
            "score_from_velocity" => path.ScoreFromVelocity(velocity, state, times),
            "noise_from_velocity" => path.NoiseFromVelocity(velocity, state, times),
            _ => throw new InvalidDataException($"'{quantity}' is no known quantity of a path"),
        };
    }
}
