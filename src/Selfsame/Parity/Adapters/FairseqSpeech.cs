using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Selfsame.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>fairseq's settings of speech encoders in ours.</summary>
internal static partial class FairseqSpeech
{
    internal static SpeechEncoderSettings Settings(JsonElement config) => new()
    {
        Convolutions = ReadConvolutions(config.Text("conv_feature_layers")),
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

    /// <summary>Convolutions as fairseq writes them: <c>[(512, 10, 5)] + [(512, 3, 2)] * 4</c>, each (channels, kernel, stride).</summary>
    private static ConvStep[] ReadConvolutions(string text)
    {
        var steps = new List<ConvStep>();
        foreach (Match list in StepList().Matches(text))
        {
            var times = list.Groups[2].Success ? Number(list.Groups[2]) : 1;
            var once = StepTuple().Matches(list.Groups[1].Value).Select(t => new ConvStep(Number(t.Groups[1]), Number(t.Groups[2]), Number(t.Groups[3]))).ToArray();
            for (var k = 0; k < times; k++)
                steps.AddRange(once);
        }

        return steps.Count > 0 ? [.. steps] : throw new InvalidDataException($"'{text}' lists no convolutions");

        static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\[([^\]]*)\](?:\s*\*\s*(\d+))?")]
    private static partial Regex StepList();

    [GeneratedRegex(@"\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)")]
    private static partial Regex StepTuple();

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
