using System.Text.Json;
using Selfsame.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>fairseq's settings of speech encoders in ours.</summary>
internal static class FairseqSpeech
{
    internal static SpeechEncoderSettings Settings(JsonElement config) => new()
    {
        Convolutions = FairseqNames.Convolutions(config.Text("conv_feature_layers")),
        ConvNorm = Norm(config),
        ConvBias = config.Flag("conv_bias"),
        ConvGradient = config.TryGetProperty("feature_grad_mult", out var factor) ? factor.GetDouble() : 1,
        Positions = new ConvPositionSettings
        {
            Kernel = config.Whole("conv_pos"),
            Groups = config.Whole("conv_pos_groups"),
            Depth = config.TryGetProperty("pos_conv_depth", out var depth) ? depth.GetInt32() : 1,
        },
        Blocks = Blocks(config, postNorm: !config.Flag("layer_norm_first")),
    };

    internal static ConvNorm Norm(JsonElement config) => config.Text("extractor_mode") switch
    {
        "layer_norm" => ConvNorm.Layer,
        "default" => ConvNorm.Group,
        var other => throw new InvalidDataException($"extractor_mode is '{other}'; known: default, layer_norm"),
    };

    internal static TransformerSettings Blocks(JsonElement config, bool postNorm)
    {
        var width = config.Whole("embed_dim");
        return new TransformerSettings
        {
            Width = width,
            Depth = config.Whole("layers"),
            Heads = config.Whole("heads"),
            MlpHidden = config.Whole("ffn_dim"),
            NormEps = 1e-5,
            PostNorm = postNorm,
        };
    }
}
