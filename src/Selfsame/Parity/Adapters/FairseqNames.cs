using System.Globalization;
using System.Text.RegularExpressions;
using Selfsame.Models;

namespace Selfsame.Parity.Adapters;

/// <summary>Our parameter names in fairseq's, and fairseq's settings in ours.</summary>
internal static partial class FairseqNames
{
    /// <summary>Names of a block's parameters; null for other parameters.</summary>
    /// <param name="ours">For instance <c>blocks.0.attn.qkv.weight</c>.</param>
    /// <param name="layers">Prefix of the layers, for instance <c>encoder.layers.</c>.</param>
    internal static string[]? Layer(string ours, string layers)
    {
        var match = Block().Match(ours);
        if (!match.Success)
            return null;
        var layer = $"{layers}{match.Groups[1].Value}.";
        var end = match.Groups[3].Value;
        return match.Groups[2].Value switch
        {
            "attn.qkv" => [$"{layer}self_attn.q_proj.{end}", $"{layer}self_attn.k_proj.{end}", $"{layer}self_attn.v_proj.{end}"],
            "attn.proj" => [$"{layer}self_attn.out_proj.{end}"],
            "norm1" => [$"{layer}self_attn_layer_norm.{end}"],
            "norm2" => [$"{layer}final_layer_norm.{end}"],
            "mlp.fc1" => [$"{layer}fc1.{end}"],
            "mlp.fc2" => [$"{layer}fc2.{end}"],
            var other => throw new InvalidDataException($"fairseq has no counterpart of a block's {other}"),
        };
    }

    /// <summary>Names of a speech encoder's parameters.</summary>
    /// <param name="ours">Name within <see cref="SpeechEncoder"/>.</param>
    /// <param name="norm">Where the convolutions normalise, which decides their names.</param>
    internal static string[] Speech(string ours, ConvNorm norm) => Layer(ours, "encoder.layers.") ?? [SpeechRest(ours, norm)];

    /// <summary>Names of a text encoder's parameters, without prefix.</summary>
    internal static string[] Text(string ours) => Layer(ours, "layers.") ??
    [
        ours.Replace("embeddings.word_embeddings", "embed_tokens", StringComparison.Ordinal)
            .Replace("embeddings.position_embeddings", "embed_positions", StringComparison.Ordinal)
            .Replace("embeddings.norm", "layernorm_embedding", StringComparison.Ordinal) is var name && name.StartsWith("norm.", StringComparison.Ordinal)
            ? "layer_" + name : name,
    ];

    /// <summary>Convolutions as fairseq writes them: <c>[(512, 10, 5)] + [(512, 3, 2)] * 4</c>, each (channels, kernel, stride).</summary>
    internal static ConvStep[] Convolutions(string text)
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

    private static string SpeechRest(string ours, ConvNorm norm)
    {
        ours = Conv().Replace(ours, "feature_extractor.conv_layers.$1.0.");
        ours = ConvNormName().Replace(ours, norm == ConvNorm.Layer ? "feature_extractor.conv_layers.$1.2.1." : "feature_extractor.conv_layers.$1.2.");
        return ours.Replace("feature_projection.layer_norm", "layer_norm", StringComparison.Ordinal)
            .Replace("feature_projection.projection", "post_extract_proj", StringComparison.Ordinal)
            .Replace("pos_conv_embed.conv.", "encoder.pos_conv.0.", StringComparison.Ordinal) is var name && name.StartsWith("norm.", StringComparison.Ordinal)
            ? "encoder.layer_" + name
            : PositionLayer().Replace(name, "encoder.pos_conv.$1.0.");
    }

    [GeneratedRegex(@"^blocks\.(\d+)\.(.+)\.(weight|bias)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^feature_extractor\.conv_layers\.(\d+)\.conv\.")]
    private static partial Regex Conv();

    [GeneratedRegex(@"^feature_extractor\.conv_layers\.(\d+)\.layer_norm\.")]
    private static partial Regex ConvNormName();

    [GeneratedRegex(@"^pos_conv_embed\.layers\.(\d+)\.conv\.")]
    private static partial Regex PositionLayer();

    [GeneratedRegex(@"\[([^\]]*)\](?:\s*\*\s*(\d+))?")]
    private static partial Regex StepList();

    [GeneratedRegex(@"\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)")]
    private static partial Regex StepTuple();
}
