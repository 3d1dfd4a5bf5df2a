using Selfsame.Corruption;
using Selfsame.Models;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Objectives.Reconstruction;

// B pictures, N patches of a picture, K of them seen, D encoder width, P values in a patch (side · side · channels).

/// <summary>Masked autoencoder (<c>mae</c>): the encoder sees a quarter of the patches, a small decoder rebuilds the rest.</summary>
/// <remarks>
/// Held back: a random share of the patches. Predicted by: the encoder on the seen ones, then the decoder on every place.
/// Loss: mean((rebuilt − target)²) over the P values of a patch, averaged over the hidden patches of the whole batch.
/// He et al. 2021, https://arxiv.org/abs/2111.06377, section 3. As in the official code, the target's variance is the unbiased one, with 1e-6 under the root.
/// </remarks>
public sealed record MaskedAutoencoderSettings : ObjectiveSettings
{
    /// <summary>Share of patches hidden from the encoder, between 0 and 1. Default 0.75, the paper's.</summary>
    [Limits(0, 1, "the share of patches hidden", AboveMin = true, BelowMax = true)]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Rebuild a patch in units of its own standard deviation rather than in pixel units. Default true.</summary>
    public bool NormalizeTarget { get; init; } = true;

    /// <summary>The decoder; thrown away after pre-training.</summary>
    public DecoderSettings Decoder { get; init; } = new();

    /// <inheritdoc/>
    public override Objective Build(ModelContext model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new MaskedAutoencoder(this, model.VisionTransformer());
    }
}

/// <inheritdoc cref="MaskedAutoencoderSettings"/>
public sealed class MaskedAutoencoder : Objective, IReconstructor
{
    private readonly MaskedAutoencoderSettings _settings;
    private readonly VisionTransformer _encoder;
    private readonly PatchDecoder _decoder;

    /// <summary>Makes encoder and decoder.</summary>
    public MaskedAutoencoder(MaskedAutoencoderSettings settings, VisionTransformerSettings encoder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(encoder);
        _settings = settings;
        _encoder = Child("encoder", new VisionTransformer(encoder));
        _decoder = Child("decoder", new PatchDecoder(settings.Decoder, encoder));
    }

    /// <param name="batch">Needs an image, (B, C, H, W), float, normalised per channel.</param>
    /// <param name="step">Draws <c>noise</c> (B, N), and <c>drop_path</c> (depth, 2, B) where the encoder drops paths.</param>
    /// <returns>Loss in squared pixel units, or squared patch standard deviations; also <c>latent</c> (B, prefix + K, D), <c>pred</c> (B, N, P), <c>mask</c> (B, N; 1 = hidden), <c>ids_keep</c>, <c>ids_restore</c>, <c>patches</c>.</returns>
    /// <exception cref="ShapeException">Height or width is not a whole number of patches.</exception>
    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(step);
        var image = batch[Modality.Image];
        Tensor patchesBNP, targetBNP;
        using (GradMode.Off())
        {
            patchesBNP = Patches.Split(image, _encoder.Settings.Patch);
            targetBNP = _settings.NormalizeTarget ? Standardize(patchesBNP) : patchesBNP;
        }

        var mask = TokenMask.KeepSmallest(step.Uniform("noise", patchesBNP.Size(0), patchesBNP.Size(1)), _settings.MaskRatio);
        var latentBKD = _encoder.Encode(image, mask.Kept, dropDraws: DropDraws(image.Size(0), step));
        var predBNP = _decoder.Forward(latentBKD, mask);

        var errorBN = (predBNP - targetBNP).Square().Mean(-1, keepDim: false);
        var loss = (errorBN * mask.Hidden).Sum() / mask.Hidden.Sum();
        return new ObjectiveResult(loss)
        {
            ["latent"] = latentBKD, ["pred"] = predBNP, ["mask"] = mask.Hidden,
            ["ids_keep"] = mask.Kept, ["ids_restore"] = mask.Restore, ["patches"] = patchesBNP,
        };
    }

    /// <inheritdoc/>
    public override IFeatureExtractor Features(bool averaged) => new VisionTransformerFeatures(_encoder);

    /// <inheritdoc/>
    /// <remarks>With a normalised target, every patch is put back with its own mean and deviation, as the paper's figures do; a prediction of nothing then shows the patch's mean brightness (the mean is over colours as well).</remarks>
    public IReadOnlyList<RebuiltBatch> Reconstruct(Batch batch, StepContext draws)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (patch, rows) = (_encoder.Settings.Patch, _encoder.Settings.Grid.Rows);
        var result = Compute(batch, draws);
        var (patches, pred, hiddenBN1) = (result["patches"], result["pred"].To(DType.Float32), result["mask"].To(DType.Float32).Unsqueeze(-1));
        Tensor rebuilt, baseline;
        if (_settings.NormalizeTarget)
        {
            baseline = patches.Mean(-1, keepDim: true).ExpandAs(patches);
            rebuilt = (pred * (patches.Variance(-1, correction: 1, keepDim: true) + 1e-6).Sqrt()) + baseline;
        }
        else
        {
            var seen = 1.0 - hiddenBN1;
            baseline = ((patches * seen).Sum([1], keepdim: true) / seen.Sum([1], keepdim: true)).ExpandAs(patches);
            rebuilt = pred;
        }

        return
        [
            new RebuiltBatch(
                Modality.Image, batch[Modality.Image], Patches.Join(hiddenBN1.Expand([-1, -1, (long)patch * patch]), patch, rows), Patches.Join(rebuilt, patch, rows), Patches.Join(baseline, patch, rows),
                _settings.NormalizeTarget ? "each hidden patch in its own mean brightness" : "hidden patches in the mean of the seen ones"),
        ];
    }

    private float[]? DropDraws(long batch, StepContext step)
    {
        var blocks = _encoder.Settings.Blocks;
        return blocks.DropPath > 0 && Training ? step.DropPaths("drop_path", blocks.Depth, batch) : null;
    }

    private static Tensor Standardize(Tensor patchesBNP) =>
        (patchesBNP - patchesBNP.Mean(-1, keepDim: true)) / (patchesBNP.Variance(-1, correction: 1, keepDim: true) + 1e-6).Sqrt();
}
