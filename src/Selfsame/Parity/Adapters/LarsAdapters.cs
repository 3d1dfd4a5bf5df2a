using System.Globalization;
using System.Text.Json;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Several steps of LARS, in one of its definitions, with a rate of its own at each.</summary>
internal abstract class LarsSteps(string @case, string bufferName) : IParityAdapter
{
    public string System => "lars";

    public string Case => @case;

    public void Run(ParityCase c)
    {
        var decay = c.Config.Number("weight_decay");
        using var run = new RecordedRun(c, Settings(c.Config), parameter => new ParameterGroup { Decay = decay, Adapt = Adapts(c.Config, parameter) });
        var rates = c.Doubles("in/lr");
        var steps = c.Config.Whole("steps");
        for (var t = 0; t < steps; t++)
        {
            var step = t.ToString(CultureInfo.InvariantCulture);
            run.Step($"in/grad.{step}.", rates[t]);
            run.ExpectParameters($"out/step{step}.");
        }

        run.ExpectParameters("next/");
        foreach (var parameter in run.Parameters)
        {
            if (c.Has($"next/{bufferName}.{parameter.FullName}"))
                run.ExpectState("momentum_buffer", $"next/{bufferName}.{parameter.FullName}", parameter);
        }
    }

    protected abstract LarsSettings Settings(JsonElement config);

    /// <summary>Whether the parameter is adapted; null for the optimizer's own rule, matrices only.</summary>
    protected abstract bool? Adapts(JsonElement config, Parameter parameter);
}

/// <summary>MoCo v3's LARS.</summary>
internal sealed class LarsMoco() : LarsSteps("step", "mu")
{
    protected override LarsSettings Settings(JsonElement config) =>
        new() { Kind = LarsKind.Moco, Momentum = config.Number("momentum"), Trust = config.Number("trust_coefficient") };

    protected override bool? Adapts(JsonElement config, Parameter parameter) => config.GetProperty("exclude").GetString() switch
    {
        "ndim<=1" => null,
        "none" => true,
        var rule => throw new InvalidDataException($"'exclude' in the configuration is '{rule}', expected ndim<=1 or none"),
    };
}

/// <summary>SimCLR's LARS, with the rate inside or outside the momentum.</summary>
internal sealed class LarsSimClr() : LarsSteps("step_classic", "momentum")
{
    protected override LarsSettings Settings(JsonElement config) => new()
    {
        Kind = config.Flag("classic_momentum", otherwise: true) ? LarsKind.SimClr : LarsKind.SimClrAfterMomentum,
        Momentum = config.Number("momentum"), Trust = config.Number("eeta"), Nesterov = config.Flag("use_nesterov"),
    };

    protected override bool? Adapts(JsonElement config, Parameter parameter) =>
        !Array.Exists(config.Texts("exclude"), part => parameter.FullName.Contains(part, StringComparison.Ordinal));
}

/// <summary>The LARS of lightning-bolts.</summary>
internal sealed class LarsBolts() : LarsSteps("step_clip", "momentum_buffer")
{
    protected override LarsSettings Settings(JsonElement config) => new()
    {
        Kind = LarsKind.Bolts, Momentum = config.Number("momentum"), Trust = config.Number("eta"), Eps = config.Number("eps"),
        Dampening = config.Number("dampening"), Nesterov = config.Flag("nesterov"), ClipRate = config.Flag("clip_lr"),
    };

    protected override bool? Adapts(JsonElement config, Parameter parameter) => config.Flag("exclude_bias_n_norm") ? null : true;
}
