using Selfsame.Models;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Objectives.Contrast;

// B samples, S width of the shared space.

/// <summary>CLIP (<c>clip</c>): what belongs together, a picture and its caption or any other two modalities of a sample, is brought together in one space.</summary>
/// <remarks>
/// Held back: the other modality. Predicted by: an encoder for each modality and a linear map. Target: the partner among all of the batch.
/// Loss: symmetric cross-entropy of scaled cosines, or SigLIP's sigmoid loss, averaged over the pairs of modalities; a sample counts for the pairs it has both sides of.
/// Samples that show the same thing, such as one picture with captions in several languages, count as wrong partners of each other where they meet in a batch.
/// Radford et al. 2021, https://arxiv.org/abs/2103.00020, section 2.3; Zhai et al. 2023, https://arxiv.org/abs/2303.15343, section 3.2.
/// </remarks>
public sealed record ClipSettings : ObjectiveSettings
{
    /// <summary>Width of the shared space, at least 1. Default 512, the paper's for its smallest model.</summary>
    [Limits(1, 1 << 16, "the width of the shared space"), Unit("numbers")]
    public int EmbedDim { get; init; } = 512;

    /// <summary>How a partner is told from the others. Default softmax.</summary>
    public PairLoss Loss { get; init; }

    /// <summary>Temperature at the start, above 0; it is learnt. Null (default): 0.07 for softmax, 0.1 for sigmoid, the papers'.</summary>
    [Limits(0, 1e6, "the temperature", AboveMin = true)]
    public double? Temperature { get; init; }

    /// <summary>Modality that every other one is brought together with; the others meet through it alone. Null (default): every pair of modalities. Girdhar et al. 2023, https://arxiv.org/abs/2305.05665, section 3.2.</summary>
    public string? Anchor { get; init; }

    /// <inheritdoc/>
    public override Objective Build(ModelContext model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var settings = model.MultiModal();
        var names = string.Join(", ", settings.Inputs.Select(input => input.Modality));
        if (settings.Inputs.Count < 2)
            throw new ArgumentException($"clip brings modalities together; the recipe reads {names} only. Add a block for another under data");
        return Anchor is not null && settings.Inputs.All(input => input.Modality != Anchor)
            ? throw new ArgumentException($"objective.anchor is {Anchor}; the recipe reads {names}")
            : new Clip(this, settings);
    }
}

/// <inheritdoc cref="ClipSettings"/>
public sealed class Clip : Objective, IChanceLevel, ISharedSpace
{
    private const double SoftmaxTemperature = 0.07, SigmoidTemperature = 0.1;

    private readonly ClipSettings _settings;
    private readonly ModalityTowers _towers;
    private readonly List<(string First, string Second, PairContrast Contrast)> _pairs = [];

    /// <summary>Makes the towers, and scale and bias for each pair of modalities.</summary>
    public Clip(ClipSettings settings, MultiModalSettings encoder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(encoder);
        _settings = settings;
        _towers = Child("towers", new ModalityTowers(encoder, settings.EmbedDim));
        var temperature = settings.Temperature ?? (settings.Loss == PairLoss.Softmax ? SoftmaxTemperature : SigmoidTemperature);
        var names = _towers.Modalities;
        for (var a = 0; a < names.Count; a++)
        {
            for (var b = a + 1; b < names.Count; b++)
            {
                if (settings.Anchor is not { } anchor || names[a] == anchor || names[b] == anchor)
                    _pairs.Add((names[a], names[b], Child($"{names[a]}_{names[b]}", new PairContrast(settings.Loss, temperature))));
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsMeanOverSamples => false;

    /// <param name="batch">Samples of several modalities; any may lack some.</param>
    /// <param name="step">Draws <c>drop_path.image</c> and so on, (depth, 2, B), where the encoders drop paths.</param>
    /// <returns>Loss, mean over the pairs of modalities that at least two samples have; figures <c>image_text_loss</c>, <c>image_text_accuracy</c> (share of samples whose partner scores highest) for each.</returns>
    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(step);
        var places = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var modality in _towers.Modalities)
        {
            if (batch.Has(modality))
                places.Add(modality, _towers.Embed(modality, batch.Field(modality), DropDraws(modality, batch.Count, step)));
        }

        Tensor? total = null;
        var (count, figures) = (0, new List<(string, Tensor)>());
        foreach (var (first, second, contrast) in _pairs)
        {
            if (!places.TryGetValue(first, out var a) || !places.TryGetValue(second, out var b))
                continue;
            (a, b) = HavingBoth(batch, first, second, a, b);
            if (a.Size(0) < 2)
                continue;
            var (loss, logits) = contrast.Compute(a, b);
            total = total is null ? loss : total + loss;
            count++;
            figures.Add(($"{first}_{second}_loss", loss));
            figures.Add(($"{first}_{second}_accuracy", Accuracy(logits)));
        }

        // No two samples share two modalities: nothing to learn from this batch, and no gradient.
        var result = new ObjectiveResult(total is null ? Nothing(places) : total / count);
        foreach (var (name, value) in figures)
            result.Log(name, value);
        return result;
    }

    /// <inheritdoc/>
    public override void AfterStep(ObjectiveResult result)
    {
        foreach (var (_, _, contrast) in _pairs)
            contrast.Bound();
    }

    /// <inheritdoc/>
    public double? ChanceLoss(int samples) => _settings.Loss == PairLoss.Softmax && samples > 1 ? Math.Log(samples) : null;

    /// <inheritdoc/>
    public override IFeatureExtractor Features(bool averaged) => new TowerFeatures(_towers);

    /// <inheritdoc/>
    public Tensor Embed(string modality, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _towers.Embed(modality, batch.Field(modality));
    }

    private float[]? DropDraws(string modality, long batch, StepContext step) =>
        _towers.DropPath > 0 && Training ? step.DropPaths($"drop_path.{modality}", _towers.Depth, batch) : null;

    private static (Tensor First, Tensor Second) HavingBoth(Batch batch, string first, string second, Tensor a, Tensor b)
    {
        if (batch.Field(first).Present is null && batch.Field(second).Present is null)
            return (a, b);
        var rows = batch.Present(first).LogicalAnd(batch.Present(second)).Nonzero().Reshape([-1]);
        return (a.IndexSelect(0, rows), b.IndexSelect(0, rows));
    }

    private static Tensor Accuracy(Tensor logitsBB)
    {
        using var guard = GradMode.Off();
        var own = logitsBB.Diagonal().Unsqueeze(-1);
        return logitsBB.Gt(own).Sum([1]).Eq(0).To(DType.Float32).Mean();
    }

    private static Tensor Nothing(Dictionary<string, Tensor> places) => places.Values.Select(place => place.Sum() * 0.0).Aggregate((one, other) => one + other);
}
