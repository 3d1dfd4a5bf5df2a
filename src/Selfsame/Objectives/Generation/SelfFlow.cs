using Selfsame.Corruption;
using Selfsame.Generation;
using Selfsame.Models;
using Selfsame.Recipes;
using Selfsame.Torch;

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
    /// <summary>Share of tokens at the second noise level, 0 to 0.5. Default 0.25, the paper's for pictures (video 0.1, sound 0.5).</summary>
    [Limits(0, 0.5, "the share of tokens at the second noise level")]
    public double MaskRatio { get; init; } = 0.25;

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

    /// <summary>Distribution of noise levels.</summary>
    public NoiseLevelSettings Noise { get; init; } = new();

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
        return new SelfFlow(this, model.DiffusionTransformer(), model.Encoder.Patch);
    }

    internal SelfFlowLossSettings Loss(int depth)
    {
        var student = StudentLayer ?? Math.Max(1, (int)Math.Round(0.3 * depth));
        var teacher = TeacherLayer ?? Math.Max(1, (int)Math.Round(0.7 * depth));
        if (student > depth || teacher > depth)
            throw new ArgumentException($"student_layer {student} and teacher_layer {teacher} must not exceed the depth {depth}");
        return new SelfFlowLossSettings
        {
            MaskRatio = MaskRatio,
            DualNoise = DualNoise,
            SeparateAttention = SeparateAttention,
            Gamma = Gamma,
            StudentLayer = student,
            TeacherLayer = teacher,
            LabelDrop = LabelDrop,
            Levels = Noise.Build(),
        };
    }
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

/// <inheritdoc cref="SelfFlowSettings"/>
public sealed class SelfFlow : Objective, IGenerator, IFlowModel
{
    private readonly SelfFlowSettings _settings;
    private readonly DiffusionTransformer _student, _teacher;
    private readonly SelfFlowLoss _loss;

    /// <summary>Makes student, teacher and head.</summary>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="network">Settings of student and teacher.</param>
    /// <param name="patch">Side of a patch.</param>
    /// <param name="tokenizer">Turns pictures into tokens; null takes plain patches.</param>
    public SelfFlow(SelfFlowSettings settings, DiffusionTransformerSettings network, int patch, ILatentTokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(network);
        _settings = settings;
        Tokenizer = tokenizer ?? new PatchTokenizer(patch, network.Grid.Rows);
        var width = network.Blocks.Width;
        _student = Child("student", new DiffusionTransformer(network));
        var projector = Child("projector", new Projector(width, 2 * width, width));
        _teacher = Child("teacher", new DiffusionTransformer(network));
        _loss = new SelfFlowLoss(settings.Loss(network.Blocks.Depth), _student, _teacher, projector);
    }

    /// <summary>Between pictures and tokens.</summary>
    public ILatentTokenizer Tokenizer { get; }

    /// <summary>The layer that the student imitates: late layers of a generative model turn back to pixels.</summary>
    public override IReadOnlyList<int> FeatureLayers => [_settings.Loss(_student.Settings.Blocks.Depth).TeacherLayer];

    /// <inheritdoc/>
    public override IReadOnlyList<(Module Student, Module Teacher)> Teachers => [(_student, _teacher)];

    /// <summary>The network that generates.</summary>
    /// <param name="averaged">Take the average of the weights, as the paper does.</param>
    public DiffusionTransformer Network(bool averaged) => averaged ? _teacher : _student;

    /// <param name="batch">Needs an image, (B, C, H, W), float in [-1, 1]; labels (B) where the method is conditioned.</param>
    /// <param name="step">Draws, see <see cref="SelfFlowLoss.Compute"/>.</param>
    /// <returns>See <see cref="SelfFlowLoss.Compute"/>.</returns>
    /// <exception cref="ShapeException">Height or width is not a whole number of patches.</exception>
    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor tokens;
        using (GradMode.Off())
            tokens = Tokenizer.Encode(batch[Modality.Image]);
        return _loss.Compute(tokens, _settings.Label is null ? null : batch.Labels, step);
    }

    /// <inheritdoc/>
    public int Classes => Math.Max(0, _student.Settings.Classes - 1);

    /// <inheritdoc/>
    public Tensor Generate(int count, Tensor? labels, SamplerSettings settings, StepContext draws, bool averaged = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(draws);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var network = _student.Settings;
        long[] shape = [count, (long)network.Grid.Rows * network.Grid.Columns, network.TokenWidth];
        var tokens = FlowSampler.Sample(
            Network(averaged), draws.Normal("start", shape), labels, settings, k => draws.Normal(FormattableString.Invariant($"noise.{k}"), shape), cancellation: cancellation);
        return scope.MoveOut(Tokenizer.Decode(tokens));
    }

    /// <inheritdoc/>
    public override IFeatureExtractor Features(bool averaged) => new DiffusionTransformerFeatures(Network(averaged), Tokenizer.Encode, _settings.FeatureTime);

    /// <inheritdoc/>
    public FlowReading ReadAt(Batch batch, double level, StepContext draws, bool averaged = true)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(draws);
        var network = Network(averaged);
        var data = Tokenizer.Encode(batch[Modality.Image]);
        var noise = draws.Normal("x1", data.Shape);
        var target = noise - data;
        var layers = new List<Tensor>();
        var (times, labels) = DiffusionTransformerFeatures.Condition(network, data, level);
        var predicted = network.Forward(data + (target * level), times, labels: labels, layers: layers);
        return new FlowReading((predicted - target).Square().Mean([1, 2]), target.Square().Mean([1, 2]), layers[FeatureLayers[0] - 1]);
    }
}

/// <summary>Between samples and the tokens that a generative model works on: plain patches, or the latents of an autoencoder.</summary>
public interface ILatentTokenizer
{
    /// <summary>Samples to tokens.</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <returns>(B, N, values).</returns>
    Tensor Encode(Tensor image);

    /// <summary>Tokens to samples.</summary>
    /// <param name="tokens">(B, N, values).</param>
    /// <returns>(B, C, H, W).</returns>
    Tensor Decode(Tensor tokens);
}

/// <summary>Patches as they are.</summary>
/// <param name="Side">Side of a patch.</param>
/// <param name="Rows">Rows of the grid.</param>
public sealed record PatchTokenizer(int Side, int Rows) : ILatentTokenizer
{
    /// <inheritdoc/>
    public Tensor Encode(Tensor image) => Patches.Split(image, Side, PatchOrder.ChannelFirst);

    /// <inheritdoc/>
    public Tensor Decode(Tensor tokens) => Patches.Join(tokens, Side, Rows, PatchOrder.ChannelFirst);
}
