using Selfsame.Recipes;

namespace Selfsame.Objectives.Generation;

/// <summary>Self-Flow (<c>self-flow</c>): flow matching in which a share of the tokens has a noise level of its own, and a teacher at the cleaner level is imitated.</summary>
/// <remarks>
/// Held back: every token's content, to two different degrees within one picture. Predicted by: one diffusion transformer, which puts out the velocity
/// and, through a head on an early block, the late features of its own moving average. Loss, shapes and paper: <see cref="SelfFlowLoss"/>.
/// Switches for the ablations: <see cref="DualNoise"/> false is plain flow matching (with <see cref="Gamma"/> 0); Gamma 0 alone is dual noise only;
/// <see cref="SeparateAttention"/> keeps the two groups of tokens apart.
/// </remarks>
public sealed record SelfFlowSettings : ObjectiveSettings
{
    /// <summary>Share of tokens at the second noise level, 0 to 0.5, of pictures or of the only modality. Null (default): the paper's, 0.25 for pictures, 0.1 for films, 0.5 for sound.</summary>
    [Limits(0, 0.5, "the share of tokens at the second noise level")]
    public double? MaskRatio { get; init; }

    /// <summary>Give tokens two noise levels. Default true; false is plain flow matching.</summary>
    public bool DualNoise { get; init; } = true;

    /// <summary>Tokens of different noise levels do not attend to each other. Default false.</summary>
    public bool SeparateAttention { get; init; }

    /// <summary>Factor of the representation loss, at least 0; 0 switches it off. Default 0.8, the paper's.</summary>
    [Limits(0, 1000, "the factor of the representation loss")]
    public double Gamma { get; init; } = 0.8;

    /// <summary>Block whose output the student's head reads, from 1. Null (default): 0.3 of the depth, rounded, as in the paper.</summary>
    [Limits(1, 1024, "the number of a block")]
    public int? StudentLayer { get; init; }

    /// <summary>Block whose output the teacher gives, from 1. Null (default): 0.7 of the depth, rounded, as in the paper.</summary>
    [Limits(1, 1024, "the number of a block")]
    public int? TeacherLayer { get; init; }

    /// <summary>Column of the data to condition on; null (default) trains without classes.</summary>
    public string? Label { get; init; }

    /// <summary>Share of samples trained without their class, for guidance, 0 to 1. Default 0.1.</summary>
    [Limits(0, 1, "the share of samples trained without their class")]
    public double LabelDrop { get; init; } = 0.1;

    /// <summary>Distribution of noise levels, of pictures or of the only modality. Null (default): the paper's, uniform for pictures.</summary>
    public NoiseLevelSettings? Noise { get; init; }

    /// <summary>What differs between modalities. Default the paper's settings of each.</summary>
    public FlowModalities Modalities { get; init; } = new();

    /// <summary>Whether the modalities of a sample share their noise levels, when several are trained in one sequence. Default own.</summary>
    public JointTimes JointTimes { get; init; }

    /// <summary>
    /// When several modalities are trained in one sequence: chance that some of a sample's are given clean, as a condition without a loss, and as much chance that some are
    /// left out, 0 to 0.5. Default 0.25; with data.mix 0 says that there are no conditions.
    /// </summary>
    [Limits(0, 0.5, "the chance that some modalities of a sample are given")]
    public double ConditionShare { get; init; } = 0.25;

    /// <summary>Noise level at which features are read, 0 to 1. Default 0.05: nearly clean, as the teacher mostly sees.</summary>
    [Limits(0, 1, "the noise level at which features are read")]
    public double FeatureTime { get; init; } = 0.05;

    /// <inheritdoc/>
    public override string? LabelColumn => Label;

    /// <inheritdoc/>
    public override (double Mean, double Deviation)? PixelRange => (0.5, 0.5);

    /// <inheritdoc/>
    public override IEnumerable<RecipeProblem> Check()
    {
        if (!DualNoise && SeparateAttention)
            yield return new("separate_attention", "is true; without dual_noise there is only one group of tokens to separate");
    }

    /// <inheritdoc/>
    public override Objective Build(ModelContext model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (blocks, dit) = model.DiffusionBlocks();
        var cuts = new TokenCuts(dit.Patch, dit.Tubelet, dit.SpectrogramPatch[0], dit.SpectrogramPatch[1], dit.TextSpan, Modalities.Audio?.Fill ?? false);
        return new SelfFlow(this, blocks, model.Classes > 0 ? model.Classes + 1 : 0, [.. model.Inputs.Select(input => FlowTokenizer.Of(input, cuts))]);
    }

    /// <summary>The settings of one modality with all defaults filled in.</summary>
    /// <param name="modality">Its name.</param>
    /// <param name="only">The model has no other.</param>
    internal FlowModality Of(string modality, bool only)
    {
        var own = Modalities.Named(modality);
        var usual = FlowModalities.Usual(modality);
        var main = only || modality == Modality.Image;
        return new()
        {
            MaskRatio = own?.MaskRatio ?? (main ? MaskRatio : null) ?? usual.MaskRatio,
            Noise = own?.Noise ?? (main ? Noise : null) ?? usual.Noise,
            SamplingShift = own?.SamplingShift ?? usual.SamplingShift,
            Weight = own?.Weight ?? 1,
            Fill = own?.Fill ?? false,
        };
    }

    /// <summary>The block whose output the teacher gives, of a network of this depth.</summary>
    internal int TeacherLayerOf(int depth) => TeacherLayer ?? Math.Max(1, (int)Math.Round(0.7 * depth));

    internal SelfFlowLossSettings Loss(int depth, string modality = Modality.Image, bool only = true)
    {
        var (student, teacher) = (StudentLayer ?? Math.Max(1, (int)Math.Round(0.3 * depth)), TeacherLayerOf(depth));
        if (student > depth || teacher > depth)
            throw new ArgumentException($"student_layer {student} and teacher_layer {teacher} must not exceed the depth {depth}");
        var own = Of(modality, only);
        return new SelfFlowLossSettings
        {
            MaskRatio = own.MaskRatio!.Value,
            DualNoise = DualNoise,
            SeparateAttention = SeparateAttention,
            Gamma = Gamma,
            StudentLayer = student,
            TeacherLayer = teacher,
            LabelDrop = LabelDrop,
            Levels = own.Noise!.Build(),
            Weight = own.Weight,
            ConditionShare = ConditionShare,
            SharedTimes = JointTimes == JointTimes.Shared,
        };
    }
}
