using Selfsame.Corruption;
using Selfsame.Recipes;

namespace Selfsame.Objectives.Generation;

/// <summary>Settings of Self-Flow for each modality; what is not given is the paper's (appendix A) where it has it.</summary>
public sealed record FlowModalities
{
    /// <summary>Pictures. Paper: mask ratio 0.25, uniform levels.</summary>
    public FlowModality? Image { get; init; }

    /// <summary>Films. Paper: mask ratio 0.1, logit-normal levels with shift 2.95 and 5 % near noise, sampling shift 15.</summary>
    public FlowModality? Video { get; init; }

    /// <summary>Sound. Paper: mask ratio 0.5, logit-normal levels, sampling shift 6.93.</summary>
    public FlowModality? Audio { get; init; }

    /// <summary>Text; not in the paper. Default mask ratio 0.25, uniform levels.</summary>
    public FlowModality? Text { get; init; }

    /// <summary>What was given for a modality; null where nothing was.</summary>
    /// <param name="modality">Its name.</param>
    internal FlowModality? Named(string modality) => modality switch
    {
        Modality.Image => Image,
        Modality.Video => Video,
        Modality.Audio => Audio,
        Modality.Text => Text,
        _ => throw new ArgumentOutOfRangeException(nameof(modality), modality, "known: " + string.Join(", ", Modality.All)),
    };

    /// <summary>The paper's settings of a modality, where it has them.</summary>
    internal static FlowModality Usual(string modality) => modality switch
    {
        Modality.Video => new() { MaskRatio = 0.1, Noise = new() { Kind = NoiseLevelKind.LogitNormal, Shift = 2.95, Tail = 0.05 }, SamplingShift = 15 },
        Modality.Audio => new() { MaskRatio = 0.5, Noise = new() { Kind = NoiseLevelKind.LogitNormal }, SamplingShift = 6.93 },
        _ => new() { MaskRatio = 0.25, Noise = new(), SamplingShift = 1 },
    };
}

/// <summary>Settings of Self-Flow for one modality.</summary>
public sealed record FlowModality
{
    /// <summary>Share of tokens at the second noise level, 0 to 0.5. Null (default): the method's own, else the paper's for the modality.</summary>
    [Limits(0, 0.5, "the share of tokens at the second noise level")]
    public double? MaskRatio { get; init; }

    /// <summary>Distribution of noise levels. Null (default): the method's own, else the paper's for the modality.</summary>
    public NoiseLevelSettings? Noise { get; init; }

    /// <summary>Factor of the modality's loss, at least 0. Default 1.</summary>
    [Limits(0, 1000, "the factor of the loss")]
    public double Weight { get; init; } = 1;

    /// <summary>Time shift of the grid of noise levels when samples are made, above 0. Null (default): the paper's for the modality; 1 for pictures and text.</summary>
    [Limits(0, 1000, "the time shift of the grid", AboveMin = true)]
    public double? SamplingShift { get; init; }

    /// <summary>Sound only: fill up with silence to the longest, so that a generated sound ends by itself. Default false: what pads a sound is hidden.</summary>
    public bool Fill { get; init; }
}

/// <summary>Whether the modalities of a sample share their noise levels.</summary>
public enum JointTimes
{
    /// <summary>Each modality draws its own, so that any may be the condition of any other. Bao et al. 2023, https://arxiv.org/abs/2303.06555.</summary>
    Own,

    /// <summary>All have the same two, drawn as for the first modality.</summary>
    Shared,
}

/// <summary>Distribution of noise levels p(t), t in [0, 1], 1 = noise.</summary>
public sealed record NoiseLevelSettings
{
    /// <summary>Kind of distribution.</summary>
    public NoiseLevelKind Kind { get; init; }

    /// <summary>Time shift, above 0; more than 1 moves levels towards noise. Default 1.</summary>
    [Limits(0, 1000, "the time shift", AboveMin = true)]
    public double Shift { get; init; } = 1;

    /// <summary>Mean of the log-odds, for the logit-normal kinds. Default 0.</summary>
    [Limits(-100, 100, "the mean of the log-odds")]
    public double Location { get; init; }

    /// <summary>Standard deviation of the log-odds, for the logit-normal kinds, above 0. Default 1.</summary>
    [Limits(0, 100, "the standard deviation of the log-odds", AboveMin = true)]
    public double Scale { get; init; } = 1;

    /// <summary>Share of levels drawn uniformly from [0.95, 1] instead, 0 to 1. Default 0; the paper's video setting has 0.05.</summary>
    [Limits(0, 1, "the share of levels near pure noise")]
    public double Tail { get; init; }

    /// <summary>Makes the distribution.</summary>
    public INoiseLevels Build()
    {
        INoiseLevels body = Kind switch
        {
            NoiseLevelKind.Uniform => new UniformNoiseLevels(Shift),
            NoiseLevelKind.LogitNormal => new LogitNormalNoiseLevels(Location, Scale, Shift),
            NoiseLevelKind.Plateau => new PlateauNoiseLevels(new LogitNormalNoiseLevels(Location, Scale, Shift)),
            _ => throw new InvalidOperationException($"noise levels of kind {Kind} are not known"),
        };
        return Tail > 0 ? new TailMixtureNoiseLevels(body, Tail, 0.95) : body;
    }
}

/// <summary>Kinds of noise-level distributions.</summary>
public enum NoiseLevelKind
{
    /// <summary>Uniform, shifted.</summary>
    Uniform,

    /// <summary>Log-odds are normal, shifted.</summary>
    LogitNormal,

    /// <summary>Logit-normal up to its mode, constant from there to noise.</summary>
    Plateau,
}
