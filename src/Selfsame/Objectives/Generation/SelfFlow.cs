using Selfsame.Generation;
using Selfsame.Modalities;
using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives.Generation;

/// <inheritdoc cref="SelfFlowSettings"/>
public sealed class SelfFlow : Objective, IGenerator, IFlowModel, IJointModel
{
    private readonly SelfFlowSettings _settings;
    private readonly IReadOnlyList<FlowTokenizer> _tokenizers;
    private readonly IVelocityModel _student, _teacher;
    private readonly SelfFlowLoss _loss;

    /// <summary>Makes student, teacher and head.</summary>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="blocks">Shape of the blocks.</param>
    /// <param name="classes">Rows of the label table; 0 for no labels.</param>
    /// <param name="tokenizers">Between samples and tokens, one for each modality, in the order of the sequence.</param>
    public SelfFlow(SelfFlowSettings settings, TransformerSettings blocks, int classes, IReadOnlyList<FlowTokenizer> tokenizers)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(tokenizers);
        (_settings, _tokenizers) = (settings, tokenizers);
        var (student, teacher) = (Network(), Network());
        (_student, _teacher) = ((IVelocityModel)Child("student", student), (IVelocityModel)teacher);
        var projector = Child("projector", new Projector(blocks.Width, 2 * blocks.Width, blocks.Width));
        Child("teacher", teacher);
        var single = tokenizers.Count == 1;
        _loss = new SelfFlowLoss(settings.Loss(blocks.Depth, tokenizers[0].Modality, single), _student, _teacher, projector,
            tokenizers.ToDictionary(tokenizer => tokenizer.Modality, tokenizer => settings.Loss(blocks.Depth, tokenizer.Modality, single)));

        Module Network() => tokenizers is [var only]
            ? new DiffusionTransformer(only.Network(blocks, classes))
            : new DiffusionFamily([.. tokenizers.Select(tokenizer => (tokenizer.Modality, tokenizer.Network(blocks, classes)))]);
    }

    /// <summary>Between samples and tokens, one for each modality.</summary>
    public IReadOnlyList<FlowTokenizer> Tokenizers => _tokenizers;

    /// <summary>The layer that the student imitates: late layers of a generative model turn back to pixels.</summary>
    public override IReadOnlyList<int> FeatureLayers => [_settings.TeacherLayerOf(_student.Blocks.Settings.Depth)];

    /// <inheritdoc/>
    public override IReadOnlyList<(Module Student, Module Teacher)> Teachers => [((Module)_student, (Module)_teacher)];

    /// <summary>The network that generates.</summary>
    /// <param name="averaged">Take the average of the weights, as the paper does.</param>
    public IVelocityModel Network(bool averaged) => averaged ? _teacher : _student;

    /// <param name="batch">Any of the modalities, pictures and films in [-1, 1]; labels (B) where the method is conditioned.</param>
    /// <param name="step">Draws, see <see cref="SelfFlowLoss"/>.</param>
    /// <returns>See <see cref="SelfFlowLoss"/>.</returns>
    /// <exception cref="ShapeException">Height or width is not a whole number of patches.</exception>
    /// <exception cref="ArgumentException">The batch has none of the modalities.</exception>
    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        List<CleanPart> parts;
        using (GradMode.Off())
            parts = Clean(batch);
        return _loss.Compute(parts, _settings.Label is null ? null : batch.Labels, step);
    }

    /// <inheritdoc/>
    public int Classes => Math.Max(0, _student[_student.Modalities[0]].Settings.Classes - 1);

    /// <inheritdoc/>
    public IReadOnlyList<string> Generates => _student.Modalities;

    /// <inheritdoc/>
    public double SamplingShift(string modality) => _settings.Of(modality, _tokenizers.Count == 1).SamplingShift!.Value;

    /// <inheritdoc/>
    public Tensor Generate(int count, Tensor? labels, SamplerSettings settings, StepContext draws, bool averaged = true, CancellationToken cancellation = default) =>
        Generate(new GenerationRequest(count, [Modality.Image]) { Labels = labels }, settings, draws, averaged, cancellation)[Modality.Image];

    /// <inheritdoc/>
    public Batch Generate(GenerationRequest request, SamplerSettings settings, StepContext draws, bool averaged = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(draws);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var wanted = _tokenizers.Where(tokenizer => request.Wanted.Contains(tokenizer.Modality)).ToArray();
        if (wanted.Length == 0)
            throw new ArgumentException($"{string.Join(", ", request.Wanted)} can't be made; the model makes {string.Join(", ", Generates)}", nameof(request));
        var given = request.Given is { } known ? Clean(known).Where(part => !request.Wanted.Contains(part.Modality)).ToArray() : [];
        var shapes = Array.ConvertAll(wanted, tokenizer => new PartShape(tokenizer.Modality, tokenizer.Places.Count, tokenizer.Width));
        var tokens = JointSampler.Sample(Network(averaged), shapes, Array.ConvertAll(given, part => At(part, 0, part.Tokens)), request.Count, request.Labels, settings, draws, cancellation);
        var fields = new Dictionary<string, BatchField>();
        for (var k = 0; k < wanted.Length; k++)
        {
            var field = wanted[k].Decode(tokens[k]);
            fields[wanted[k].Modality] = new(scope.MoveOut(field.Values), field.Lengths is { } lengths ? scope.MoveOut(lengths) : null);
        }

        return new Batch(fields);
    }

    /// <inheritdoc/>
    public override IFeatureExtractor Features(bool averaged) => new DiffusionTransformerFeatures(Network(averaged), _tokenizers, _settings.FeatureTime);

    /// <inheritdoc/>
    public bool TakesConditions => _tokenizers.Count > 1 && _settings.ConditionShare > 0;

    /// <inheritdoc/>
    public Batch Rebuilt(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(_tokenizers.Where(tokenizer => batch.Has(tokenizer.Modality)).ToDictionary(tokenizer => tokenizer.Modality, tokenizer => tokenizer.Rebuilt(batch.Field(tokenizer.Modality))));
    }

    /// <inheritdoc/>
    public Tensor ErrorOf(string modality, Batch batch, double level, bool given, StepContext draws, bool averaged = true)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(draws);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var network = Network(averaged);
        var clean = Clean(batch).FindAll(part => given || part.Modality == modality);
        var asked = clean.FindIndex(part => part.Modality == modality);
        var target = draws.Normal(modality + ".x1", clean[asked].Tokens.Shape) - clean[asked].Tokens;
        var parts = clean.ConvertAll(part => part.Modality == modality ? At(part, level, part.Tokens + (target * level)) : At(part, 0, part.Tokens));
        var predicted = network.Forward(parts, DiffusionTransformerFeatures.NoLabels(network, batch.Count, draws.Device))[asked];
        return scope.MoveOut(Mean((predicted - target).Square(), parts[asked].Real));
    }

    /// <inheritdoc/>
    public FlowReading ReadAt(Batch batch, double level, StepContext draws, bool averaged = true)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(draws);
        var network = Network(averaged);
        var clean = Clean(batch);
        var targets = clean.Select(part => draws.Normal(clean.Count == 1 ? "x1" : part.Modality + ".x1", part.Tokens.Shape) - part.Tokens).ToArray();
        var parts = clean.Select((part, k) => At(part, level, part.Tokens + (targets[k] * level))).ToArray();
        var layers = new List<Tensor>();
        var predicted = network.Forward(parts, DiffusionTransformerFeatures.NoLabels(network, batch.Count, draws.Device), layers);
        Tensor? loss = null, untrained = null;
        for (var k = 0; k < parts.Length; k++)
        {
            var (own, zero) = (Mean((predicted[k] - targets[k]).Square(), parts[k].Real), Mean(targets[k].Square(), parts[k].Real));
            (loss, untrained) = loss is null ? (own, zero) : (loss + own, untrained! + zero);
        }

        return new FlowReading(loss! / parts.Length, untrained! / parts.Length, layers[FeatureLayers[0] - 1], JointDiffusion.Real(parts));
    }

    // Of each sample, over its real tokens.
    private static Tensor Mean(Tensor error, Tensor? real)
    {
        if (real is null)
            return error.Mean([1, 2]);
        var weight = real.To(DType.Float32);
        return (error.Mean(-1, keepDim: false) * weight).Sum(1, keepDim: false) / weight.Sum(1, keepDim: false).ClampMin(1);
    }

    private static NoisedPart At(CleanPart part, double level, Tensor tokens) =>
        new(part.Modality, tokens, Ops.Full([tokens.Size(0), 1], level, DType.Float32, tokens.Device), null, part.Real);

    private List<CleanPart> Clean(Batch batch) => DiffusionTransformerFeatures.Clean(batch, _tokenizers);
}
