using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Objectives.Reconstruction;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>MAE's whole training step.</summary>
internal sealed class MaskedAutoencoderForward : IParityAdapter
{
    public string System => "mae";

    public string Case => "forward";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var config = c.Config;
        var eps = config.TryGetProperty("norm_eps", out var given) ? given.GetDouble() : 1e-6;
        var side = config.Whole("img_size");
        var channels = (int)c.Shape("in/image")[1];
        var encoder = new VisionTransformerSettings
        {
            ImageSize = (side, side),
            Patch = config.Whole("patch_size"),
            Channels = channels,
            Positions = PositionKind.Sincos,
            Blocks = new TransformerSettings { Width = config.Whole("embed_dim"), Depth = config.Whole("depth"), Heads = config.Whole("num_heads"), MlpRatio = config.Number("mlp_ratio"), NormEps = eps },
        };
        var settings = new MaskedAutoencoderSettings
        {
            MaskRatio = config.Number("mask_ratio"),
            NormalizeTarget = config.GetProperty("norm_pix_loss").GetBoolean(),
            Decoder = new DecoderSettings { Width = config.Whole("decoder_embed_dim"), Depth = config.Whole("decoder_depth"), Heads = config.Whole("decoder_num_heads") },
        };
        using var objective = new MaskedAutoencoder(settings, encoder);
        c.Load(objective, "param/", OfficialName);
        var image = c.Leaf("in/image");

        var result = objective.Compute(new Batch(image), new RecordedStep(c));
        result.Loss.Backward();

        c.Expect("out/loss", result.Loss);
        foreach (var name in new[] { "ids_keep", "ids_restore", "latent", "mask", "patches", "pred" })
            c.Expect($"out/{name}", result[name]);
        c.Expect("out/reconstruction", Patches.Join(result["pred"], encoder.Patch, encoder.Grid.Rows));
        c.ExpectGradients(objective, "grad/", OfficialName);
        if (c.Has("grad/in.image"))
            c.Expect("grad/in.image", image.Gradient!);
    }

    private static string OfficialName(string ours) => ours switch
    {
        "decoder.mask_token" => "mask_token",
        _ when ours.StartsWith("encoder.", StringComparison.Ordinal) => ours["encoder.".Length..],
        _ => "decoder_" + ours["decoder.".Length..],
    };
}
