using Selfsame.Corruption;

namespace Selfsame.Objectives.Generation;

/// <summary>Which noise level the teacher sees.</summary>
public enum TeacherTime
{
    /// <summary>The cleanest of the sample's levels, for all tokens (Self-Flow).</summary>
    Cleanest,

    /// <summary>Each group's own level minus a uniform draw from [0, 0.2] (SRA).</summary>
    Earlier,

    /// <summary>The student's levels.</summary>
    Same,
}

/// <summary>Along which axis student and teacher features are compared.</summary>
public enum CosineAxis
{
    /// <summary>The features of a token, as the paper says.</summary>
    Features,

    /// <summary>The tokens of a sample, one feature at a time, as SRA's code does.</summary>
    Tokens,
}

/// <summary>Between data (time 0) and noise (time 1).</summary>
public enum FlowPath
{
    /// <summary>x = (1 − t) · data + t · noise.</summary>
    Linear,

    /// <summary>x = cos(πt/2) · data + sin(πt/2) · noise.</summary>
    Cosine,
}


/// <summary>What decides the loss of Self-Flow, apart from the network.</summary>
public sealed record SelfFlowLossSettings
{
    /// <summary>Share of tokens at the second noise level, in [0, 1]. Paper: image 0.25, video 0.1, audio 0.5.</summary>
    public double MaskRatio { get; init; } = 0.25;

    /// <summary>Shares of the noise-level groups, exact in number and drawn in random order; null draws each token by itself with <see cref="MaskRatio"/>, as the paper does.</summary>
    public IReadOnlyList<double>? GroupShares { get; init; }

    /// <summary>Give tokens two noise levels. False is plain flow matching: one level a sample.</summary>
    public bool DualNoise { get; init; } = true;

    /// <summary>Tokens of different noise groups do not attend to each other.</summary>
    public bool SeparateAttention { get; init; }

    /// <summary>Factor of the representation loss; 0 switches it off. Paper: 0.8.</summary>
    public double Gamma { get; init; } = 0.8;

    /// <summary>Block whose output the student's head reads, from 1. Paper: 0.3 of the depth.</summary>
    public required int StudentLayer { get; init; }

    /// <summary>Block whose output the teacher gives, from 1. Paper: 0.7 of the depth.</summary>
    public required int TeacherLayer { get; init; }

    /// <summary>Which noise level the teacher sees.</summary>
    public TeacherTime TeacherTime { get; init; } = TeacherTime.Cleanest;

    /// <summary>The teacher keeps the student's groups: their separation, and with <see cref="TeacherTime.Cleanest"/> clean tokens outside the first group.</summary>
    public bool TeacherGroups { get; init; }

    /// <summary>Along which axis features are compared.</summary>
    public CosineAxis CosineAxis { get; init; } = CosineAxis.Features;

    /// <summary>Way from data to noise.</summary>
    public FlowPath Path { get; init; } = FlowPath.Linear;

    /// <summary>Distribution of noise levels.</summary>
    public INoiseLevels Levels { get; init; } = new UniformNoiseLevels();

    /// <summary>Chance that a sample is trained without its label, for guidance. Shared by student and teacher.</summary>
    public double LabelDrop { get; init; } = 0.1;

    /// <summary>Chance that some modalities of a sample are given, and as much that some are left out, when several are trained in one sequence.</summary>
    public double ConditionShare { get; init; }

    /// <summary>All modalities of a sample have the same noise levels, drawn as for the first.</summary>
    public bool SharedTimes { get; init; }

    /// <summary>Factor of the whole loss (for training on several modalities).</summary>
    public double Weight { get; init; } = 1;
}
