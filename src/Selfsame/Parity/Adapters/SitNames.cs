using Selfsame.Generation;

namespace Selfsame.Parity.Adapters;

/// <summary>Names of the official code.</summary>
internal static class SitNames
{
    internal static InterpolantPath Path(string name) => name switch
    {
        "Linear" => InterpolantPath.Linear,
        "GVP" => InterpolantPath.Cosine,
        "VP" => InterpolantPath.VariancePreserving,
        _ => throw new InvalidDataException($"'{name}' is no known path; known: Linear, GVP, VP"),
    };

    internal static FlowPrediction Prediction(string name) => name switch
    {
        "velocity" => FlowPrediction.Velocity,
        "score" => FlowPrediction.Score,
        "noise" => FlowPrediction.Noise,
        _ => throw new InvalidDataException($"'{name}' is no known prediction; known: velocity, score, noise"),
    };

    internal static FlowLossWeight Weight(string name) => name switch
    {
        "none" => FlowLossWeight.None,
        "velocity" => FlowLossWeight.Velocity,
        "likelihood" => FlowLossWeight.Likelihood,
        _ => throw new InvalidDataException($"'{name}' is no known weight; known: none, velocity, likelihood"),
    };

    internal static DiffusionForm Form(string name) => name switch
    {
        "constant" => DiffusionForm.Constant,
        "SBDM" => DiffusionForm.ScoreBased,
        "sigma" => DiffusionForm.Sigma,
        "linear" => DiffusionForm.Linear,
        "decreasing" => DiffusionForm.Decreasing,
        "incdec" or "inccreasing-decreasing" or "increasing-decreasing" => DiffusionForm.IncreasingDecreasing,
        _ => throw new InvalidDataException($"'{name}' is no known diffusion form; known: constant, SBDM, sigma, linear, decreasing, incdec"),
    };

    internal static StepMethod Method(string name) => Enum.TryParse<StepMethod>(name, ignoreCase: true, out var method)
        ? method
        : throw new InvalidDataException($"'{name}' is no known step; known: euler, heun");

    internal static LastStep Last(string name) => Enum.TryParse<LastStep>(name, ignoreCase: true, out var last)
        ? last
        : throw new InvalidDataException($"'{name}' is no known last step; known: none, mean, euler, tweedie");
}
