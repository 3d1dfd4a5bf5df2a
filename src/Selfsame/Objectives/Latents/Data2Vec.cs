using System.Globalization;
using Selfsame.Corruption;
using Selfsame.Models;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Objectives.Latents;

// B samples, N tokens of a sample, D width of a token, M hidden tokens of the batch.

/// <summary>What of a teacher's block is imitated.</summary>
public enum TargetSource
{
    /// <summary>The output of the feed-forward part, before it is added to what runs past it.</summary>
    FeedForward,

    /// <summary>The tokens as they leave the block.</summary>
    Block,
}

/// <summary>data2vec (<c>data2vec</c>): the student sees a masked sample and predicts, at the masked places, what a teacher's upper layers make of the whole sample.</summary>
/// <remarks>
/// Held back: blocks of patches, spans of frames, single sub-words. Predicted by: the encoder, with a mask token in the hidden places, and a small head.
/// Target: the average of the last K layers of the encoder's moving average, each normalised. Loss: smooth L1 (or squared error), summed over D and divided by √D,
/// averaged over the hidden tokens of the batch. One objective for pictures, speech and text; only encoder and mask differ.
/// Baevski et al. 2022, https://arxiv.org/abs/2202.03555, section 3. As in the official code, embeddings and positions are shared with the teacher, not averaged.
/// </remarks>
public sealed record Data2VecSettings : ObjectiveSettings
{
    /// <summary>What is hidden. Default: 60 % of a picture in blocks of at least 16 patches.</summary>
    public MaskSettings Mask { get; init; } = new BlockMaskSettings();

    /// <summary>Layers of the teacher that are averaged, counted from the last; at least 1. Default 8; where there are fewer, all.</summary>
    [Limits(1, 1024, "the number of layers averaged")]
    public int TopLayers { get; init; } = 8;

    /// <summary>What of a layer is imitated. Default feed_forward, the paper's.</summary>
    public TargetSource Target { get; init; }

    /// <summary>Norms of each layer before the average. Default layer; the paper has instance for speech.</summary>
    public EquatableList<TargetNorm> LayerNorms { get; init; } = [TargetNorm.Layer];

    /// <summary>Norms of the average. Default none.</summary>
    public EquatableList<TargetNorm> TargetNorms { get; init; } = [];

    /// <summary>Difference at which the loss turns from squared to absolute, at least 0; 0 is the plain squared error. Default 2, the paper's for pictures (text 4, speech 0).</summary>
    [Limits(0, 1e6, "the difference at which the loss turns from squared to absolute")]
    public double Beta { get; init; } = 2;

    /// <summary>Factor of the loss, above 0. Null (default): one over the root of the width.</summary>
    [Limits(0, 1e6, "the factor of the loss", AboveMin = true)]
    public double? Scale { get; init; }

    /// <summary>Linear layers between the student's tokens and the prediction, 0 to 8; the first of several doubles the width. Default 1 (the paper: pictures 0, speech 1, text 2).</summary>
    [Limits(0, 8, "the number of linear layers of the head")]
    public int HeadLayers { get; init; } = 1;

    /// <summary>Average embeddings and positions too, instead of taking them over from the student. Default false.</summary>
    public bool AverageAll { get; init; }

    /// <inheritdoc/>
    public override double TeacherMomentum => 0.999;

    /// <inheritdoc/>
    public override Objective Build(ModelContext model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new Data2Vec(this, model.ContextEncoder());
    }
}

/// <inheritdoc cref="Data2VecSettings"/>
public sealed class Data2Vec : Objective
{
    private readonly Data2VecSettings _settings;
    private readonly ContextEncoder _student, _teacher;
    private readonly Projector? _head;
    private readonly Parameter? _maskToken;
    private readonly LayerTargets _targets;

    /// <summary>Makes student, teacher, head, and a mask token where the encoder has none.</summary>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="encoder">Makes an encoder; asked twice.</param>
    /// <param name="targets">How layers become targets; null goes by the settings.</param>
    public Data2Vec(Data2VecSettings settings, Func<ContextEncoder> encoder, LayerTargets? targets = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(encoder);
        _settings = settings;
        _targets = targets ?? new LayerTargets(settings.LayerNorms, settings.TargetNorms);
        _student = Child("student", encoder());
        if (_student.MaskToken is null)
            _maskToken = Trainable("mask_token", Init.TruncatedNormal(0.02), _student.Width);
        if (settings.HeadLayers > 0)
        {
            var width = _student.Width;
            _head = Child("head", new Projector(
                width, 2 * width, width, settings.HeadLayers, Activation.Gelu, name: static k => (2 * k).ToString(CultureInfo.InvariantCulture), init: Init.TruncatedNormal(0.02)));
        }

        _teacher = Child("teacher", encoder());
    }

    /// <summary>The encoder that is trained.</summary>
    public ContextEncoder Student => _student;

    /// <summary>Its moving average.</summary>
    public ContextEncoder Teacher => _teacher;

    /// <inheritdoc/>
    public override IReadOnlyList<(Module Student, Module Teacher)> Teachers => [(_student, _teacher)];

    /// <inheritdoc/>
    public override bool IsMeanOverSamples => !_settings.Mask.ComparesSamples && !_targets.ComparesSamples;

    /// <inheritdoc/>
    public override bool IsCopied(Module teacher, string name) => !_settings.AverageAll && _student.IsLocal(name);

    /// <param name="batch">Needs what the encoder reads: pictures (B, C, H, W), waveforms (B, S), or token ids (B, N).</param>
    /// <param name="step">Draws <c>mask</c>, and <c>drop_path</c> (depth, 2, B) where the encoder drops paths.</param>
    /// <returns>See <see cref="Compare"/>.</returns>
    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(step);
        var tokens = ContextFeatures.Embed(_student, batch);
        EmbeddedTokens whole;
        using (GradMode.Off())
            whole = _settings.AverageAll || !_student.SharesTokens ? ContextFeatures.Embed(_teacher, batch) : tokens with { Values = tokens.Values.Detach() };
        return Compare(tokens, whole, Hidden(tokens, _student.Locked(batch[_student.Modality]), step), step);
    }

    /// <summary>Loss of a batch whose tokens and hidden places are known.</summary>
    /// <param name="tokens">From the student's first half, nothing hidden yet.</param>
    /// <param name="whole">What the teacher sees; no gradient reaches it.</param>
    /// <param name="hidden">Hidden places, (B, N), bool.</param>
    /// <param name="step">Draws <c>drop_path</c> where the encoder drops paths.</param>
    /// <returns>
    /// Loss: factor · Σ over channels, averaged over the hidden tokens. Also <c>predictions</c> and <c>targets</c> (M, D); figures
    /// <c>target_deviation</c> and <c>prediction_deviation</c>: spread of a channel over the hidden tokens, mean over channels, which falls to 0 when the training collapses.
    /// </returns>
    public ObjectiveResult Compare(EmbeddedTokens tokens, EmbeddedTokens whole, Tensor hidden, StepContext? step = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(hidden);
        Tensor places, targetsMD;
        using (GradMode.Off())
        using (var scope = Scope.Enter())
        {
            places = scope.MoveOut(hidden.Reshape([-1]).Nonzero().Reshape([-1]));
            targetsMD = scope.MoveOut(Rows(_targets.Forward(Layers(whole)), places));
        }

        var latentBND = Body(_student.Contextualize(tokens.Hide(hidden, MaskToken), new LayerTaps { DropDraws = DropDraws(tokens.Values.Size(0), step) }), _student.Prefix);
        var predictionsMD = Rows(latentBND, places);
        if (_head is not null)
            predictionsMD = _head.Forward(predictionsMD);
        predictionsMD = predictionsMD.To(DType.Float32);

        var error = _settings.Beta == 0 ? (predictionsMD - targetsMD).Square().Sum() : predictionsMD.SmoothL1Loss(targetsMD, reduction: 2, beta: _settings.Beta);
        var scale = _settings.Scale ?? 1 / Math.Sqrt(_student.Width);
        var result = new ObjectiveResult(error * (scale / Math.Max(1, places.Size(0))))
        {
            Weight = places.Size(0),
            ["predictions"] = predictionsMD,
            ["targets"] = targetsMD,
        };
        return result.Log("target_deviation", Spread(targetsMD)).Log("prediction_deviation", Spread(predictionsMD));
    }

    /// <summary>The layers of the teacher that are averaged, from the lowest.</summary>
    /// <param name="whole">What the teacher sees.</param>
    /// <returns>Each (B, N, D).</returns>
    public Tensor[] Layers(EmbeddedTokens whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        using var guard = GradMode.Off();
        var noted = new List<Tensor>(_teacher.Depth);
        _teacher.Contextualize(whole, _settings.Target == TargetSource.Block ? new LayerTaps { Blocks = noted } : new LayerTaps { FeedForwards = noted });
        return [.. noted.TakeLast(_settings.TopLayers).Select(layer => Body(layer, _teacher.Prefix))];
    }

    /// <inheritdoc/>
    public override IFeatureExtractor Features(bool averaged) => new ContextFeatures(averaged ? _teacher : _student);

    private Tensor MaskToken => _student.MaskToken ?? _maskToken!.Value;

    private Tensor Hidden(EmbeddedTokens tokens, Tensor? locked, StepContext step)
    {
        var (samples, count) = ((int)tokens.Values.Size(0), (int)tokens.Values.Size(1));
        var (rows, columns) = _student.Grid.Rows > 0 ? _student.Grid : (1, count);
        var lengths = tokens.Padding?.LogicalNot().Sum([1], dtype: DType.Int64).ToArray<int>();
        var hidden = new bool[samples * count];
        _settings.Mask.DrawEach(sample => step.Draws("mask", sample), new MaskShape(samples, rows, columns, lengths, locked?.ToArray<bool>()), hidden);
        return Tensor.From<bool>(hidden, [samples, count]).To(tokens.Values.Device, DType.Bool);
    }

    private float[]? DropDraws(long batch, StepContext? step)
    {
        return _student.DropPath > 0 && Training && step is not null ? step.DropPaths("drop_path", _student.Depth, batch) : null;
    }

    private static Tensor Body(Tensor tokens, int prefix) => prefix == 0 ? tokens : tokens.Narrow(1, prefix, tokens.Size(1) - prefix);

    private static Tensor Rows(Tensor tokensBND, Tensor places) => tokensBND.Reshape([-1, tokensBND.Size(-1)]).IndexSelect(0, places);

    private static Tensor Spread(Tensor rowsMD)
    {
        using var guard = GradMode.Off();
        return rowsMD.Size(0) < 2 ? Tensor.FromScalar(0) : (rowsMD.Variance(0, correction: 1, keepDim: false) + 1e-6).Sqrt().Mean();
    }
}
