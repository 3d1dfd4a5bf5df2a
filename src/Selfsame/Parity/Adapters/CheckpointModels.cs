using System.Text.Json;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Objectives.Reconstruction;

namespace Selfsame.Parity.Adapters;

/// <summary>Whole methods out of public checkpoints.</summary>
internal static class CheckpointModels
{
    /// <summary>Hugging Face's ViTMAE for pre-training.</summary>
    internal static MaskedAutoencoder MaskedAutoencoder(IWeightFile weights, JsonElement config)
    {
        var encoder = VisionCheckpoint.Read(weights, config: config).Settings with { MaskToken = false, Positions = PositionKind.Sincos };
        var width = config.Whole("decoder_hidden_size");
        var settings = new MaskedAutoencoderSettings
        {
            MaskRatio = config.Number("mask_ratio"),
            NormalizeTarget = config.Flag("norm_pix_loss"),
            Decoder = new DecoderSettings
            {
                Width = width,
                Depth = config.Whole("decoder_num_hidden_layers"),
                Heads = config.Whole("decoder_num_attention_heads"),
                MlpRatio = (config.Whole("decoder_intermediate_size") + 0.5) / width,  // the half keeps the product from rounding down
            },
        };
        var objective = new MaskedAutoencoder(settings, encoder);
        WeightLoader.Load(weights, objective, VisionKeys.HuggingFaceMae);
        return objective;
    }
}
