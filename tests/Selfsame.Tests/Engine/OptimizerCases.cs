using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>Every optimizer in its variants, by name.</summary>
internal static class OptimizerCases
{
    private static readonly Dictionary<string, OptimizerSettings> Settings = new()
    {
        ["adamw"] = new AdamWSettings(),
        ["adamw-betas"] = new AdamWSettings { Beta1 = 0.5, Beta2 = 0.95, Eps = 1e-6 },
        ["adamw-amsgrad"] = new AdamWSettings { Amsgrad = true, Beta2 = 0.9 },
        ["adam"] = new AdamSettings(),
        ["adam-amsgrad"] = new AdamSettings { Amsgrad = true, Beta2 = 0.9 },
        ["sgd"] = new SgdSettings(),
        ["sgd-plain"] = new SgdSettings { Momentum = 0 },
        ["sgd-dampening"] = new SgdSettings { Dampening = 0.3 },
        ["sgd-nesterov"] = new SgdSettings { Nesterov = true },
        ["lars-moco"] = new LarsSettings { Trust = 0.05 },
        ["lars-moco-nesterov"] = new LarsSettings { Trust = 0.05, Nesterov = true },
        ["lars-simclr"] = new LarsSettings { Kind = LarsKind.SimClr, Trust = 0.05 },
        ["lars-simclr-nesterov"] = new LarsSettings { Kind = LarsKind.SimClr, Trust = 0.05, Nesterov = true },
        ["lars-after"] = new LarsSettings { Kind = LarsKind.SimClrAfterMomentum, Trust = 0.05 },
        ["lars-after-nesterov"] = new LarsSettings { Kind = LarsKind.SimClrAfterMomentum, Trust = 0.05, Nesterov = true },
        ["lars-bolts"] = new LarsSettings { Kind = LarsKind.Bolts, Trust = 0.05, Dampening = 0.2 },
        ["lars-bolts-clip"] = new LarsSettings { Kind = LarsKind.Bolts, Trust = 0.05, ClipRate = true, Nesterov = true },
        ["lamb"] = new LambSettings(),
        ["sophia"] = new SophiaGSettings { BatchSize = 40 },
        ["swan"] = new SwanSettings(),
        ["swan-rescale"] = new SwanSettings { Rescale = true, Scale = WhiteningScale.Gram, Iterations = 6 },
    };

    public static TheoryData<string> All => [.. Settings.Keys];

    /// <summary>Those that <see cref="OptimizerFormula"/> knows.</summary>
    public static TheoryData<string> Elementwise => [.. Settings.Keys.Where(name => !name.StartsWith("swan", StringComparison.Ordinal))];

    public static OptimizerSettings Of(string name) => Settings[name];
}
