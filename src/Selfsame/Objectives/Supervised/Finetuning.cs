using Selfsame.Modalities;
using Selfsame.Models;
using Selfsame.Objectives.Generation;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Objectives.Supervised;

// B pictures, N tokens, D encoder width, K classes.

/// <summary>Fine-tuning (<c>finetune</c>): the whole encoder and a linear layer learn a label.</summary>
/// <remarks>
/// Predicted: the class, from the class token or the mean of the patch tokens. Loss: cross-entropy with smoothed labels, mean over the labelled pictures of a batch.
/// Layers near the input, which hold the general features, move less: Bao et al. 2021, https://arxiv.org/abs/2106.08254, section 3.1, and
/// He et al. 2021, https://arxiv.org/abs/2111.06377, appendix A.1. Unlike MAE's code the pre-trained final norm is kept before the pooling.
/// A diffusion encoder reads the picture at a fixed low noise level, as its features are read, and its own classes are not used.
/// </remarks>
public sealed record FinetuningSettings : ObjectiveSettings
{
    /// <summary>Column with the classes; a picture without a value is not learned from. Default category.</summary>
    public string Label { get; init; } = "category";

    /// <summary>Share of each label that is spread over all classes, 0 to below 1. Default 0.1.</summary>
    [Limits(0, 1, "the share of a label spread over all classes", BelowMax = true)]
    public double Smoothing { get; init; } = 0.1;

    /// <summary>Ratio of the learning rates of two neighbouring blocks, above 0 and at most 1; 1 is none. Default 0.75.</summary>
    [Limits(0, 1, "the ratio of the rates of two neighbouring blocks", AboveMin = true)]
    public double LayerDecay { get; init; } = 0.75;

    /// <summary>Noise level at which a diffusion encoder reads a picture, 0 (none) to below 1. Default 0.05.</summary>
    [Limits(0, 1, "the noise level that a picture is read at", BelowMax = true)]
    public double NoiseLevel { get; init; } = 0.05;

    /// <summary>Normalise pixels as the encoder was trained: mean of values in 0..1. Null (default): as the views say.</summary>
    public double? PixelMean { get; init; }

    /// <summary>Deviation that goes with <see cref="PixelMean"/>.</summary>
    public double? PixelDeviation { get; init; }

    /// <inheritdoc/>
    public override string? LabelColumn => Label;

    /// <inheritdoc/>
    public override (double Mean, double Deviation)? PixelRange => PixelMean is { } mean && PixelDeviation is { } deviation ? (mean, deviation) : null;

    /// <inheritdoc/>
    public override Objective Build(ModelContext model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Classes < 2)
            throw new ArgumentException($"objective.label: column '{Label}' has {model.Classes} distinct values; fine-tuning needs at least 2");
        if (model.Encoder is DitEncoderSettings)
            return new Finetuning(this, new DiffusionTransformer((model with { Classes = 0 }).DiffusionTransformer()), new ImageTokenizer(model.Input<ImageShape>(), model.Encoder.Patch), model.Classes);
        var encoder = model.VisionTransformer();
        return new Finetuning(this, new VisionTransformer(encoder with { Pool = encoder.ClassToken ? PoolKind.Token : PoolKind.Average, NormAfterPool = false }), model.Classes);
    }
}

/// <inheritdoc cref="FinetuningSettings"/>
public sealed class Finetuning : Objective, IClassifier
{
    private readonly FinetuningSettings _settings;
    private readonly VisionTransformer? _vision;
    private readonly Linear _head;
    private readonly IFeatureExtractor _features;
    private readonly LayerDecay _decay;

    /// <summary>Fine-tunes a Vision Transformer.</summary>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="encoder">The encoder, owned from now on.</param>
    /// <param name="classes">Classes, at least 2.</param>
    public Finetuning(FinetuningSettings settings, VisionTransformer encoder, int classes)
        : this(settings, encoder, encoder?.Settings.Blocks!, new VisionTransformerFeatures(encoder!), classes) => _vision = encoder;

    /// <summary>Fine-tunes a diffusion transformer.</summary>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="encoder">The encoder, owned from now on.</param>
    /// <param name="tokenizer">Turns pictures into its tokens.</param>
    /// <param name="classes">Classes, at least 2.</param>
    public Finetuning(FinetuningSettings settings, DiffusionTransformer encoder, ImageTokenizer tokenizer, int classes)
        : this(settings, encoder, encoder?.Settings.Blocks!, new DiffusionTransformerFeatures(encoder!, [tokenizer], settings?.NoiseLevel ?? 0), classes)
    {
    }

    private Finetuning(FinetuningSettings settings, Module encoder, TransformerSettings blocks, IFeatureExtractor features, int classes)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(encoder);
        (_settings, _features) = (settings, features);
        Child("encoder", encoder);
        _head = Child("head", new Linear(blocks.Width, classes));
        _decay = new LayerDecay(Math.Max(1, blocks.Depth), settings.LayerDecay)
        {
            InputParameters = ["cls_token", "dist_token", "reg_token", "mask_token", "pos_embed"],
            InputModules = ["patch_embed.", "norm_pre.", "x_embedder.", "t_embedder."],
        };
    }

    /// <inheritdoc/>
    public string LabelColumn => _settings.Label;

    /// <summary>The learning rate of an encoder layer as a share of the head's.</summary>
    public override double RateScale(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        const string Encoder = "encoder.";
        return name.StartsWith(Encoder, StringComparison.Ordinal) ? _decay.Scale(name[Encoder.Length..]) : 1;
    }

    /// <param name="batch">Needs an image, (B, C, H, W), and labels (B); a label below 0 is none.</param>
    /// <param name="step">Draws <c>drop_path</c> (depth, 2, B) where the encoder drops paths.</param>
    /// <returns>Loss in nats; also <c>logits</c> (B, K).</returns>
    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(step);
        var labels = batch.Labels ?? throw new ArgumentException("fine-tuning needs labels", nameof(batch));
        var draws = _vision?.Settings.Blocks is { DropPath: > 0, Depth: var depth } && Training ? step.DropPaths("drop_path", depth, labels.Size(0)) : null;
        var logits = Logits(batch, draws);
        var loss = logits.CrossEntropy(labels, ignoreIndex: -1, labelSmoothing: _settings.Smoothing);
        using var guard = GradMode.Off();
        var right = logits.Argmax(1).Eq(labels).To(DType.Float32).Mean();
        return new ObjectiveResult(loss) { ["logits"] = logits }.Log("batch_accuracy", right);
    }

    /// <inheritdoc/>
    public Tensor Classify(Batch batch) => Logits(batch, null);

    /// <inheritdoc/>
    public override IFeatureExtractor Features(bool averaged) => _features;

    private Tensor Logits(Batch batch, float[]? draws)
    {
        if (_vision is not null)
            return _head.Forward(_vision.Pool(_vision.Encode(batch[Modality.Image], dropDraws: draws))).To(DType.Float32);
        return _head.Forward(_features.Extract(batch)[^1].Mean(1, keepDim: false)).To(DType.Float32);
    }
}
