namespace Selfsame.Models.Checkpoints;

/// <summary>The names of public speech encoders.</summary>
public static class SpeechKeys
{
    /// <summary>Hugging Face Wav2Vec2, HuBERT and Data2VecAudio; models with a head put <c>wav2vec2.</c> and the like in front.</summary>
    public static KeyMap HuggingFace { get; } = new("hf-wav2vec2",
    [
        new("feature_extractor.conv_layers.{n}.{rest}", "feature_extractor.conv_layers.{n}.{rest}"),
        new("feature_projection.{rest}", "feature_projection.{rest}"),
        new("pos_conv_embed.layers.{n}.conv.{p}", "encoder.pos_conv_embed.layers.{n}.conv.{p}"),
        new("pos_conv_embed.conv.{p}", "encoder.pos_conv_embed.conv.{p}"),
        new("norm.{p}", "encoder.layer_norm.{p}"),
        .. Blocks("encoder.layers.{n}.", "attention.", "out_proj", "layer_norm", "feed_forward.intermediate_dense", "feed_forward.output_dense"),
        new("head.{p}", "lm_head.{p}") { Outside = true },
    ])
    {
        Prefixes = ["wav2vec2.", "hubert.", "data2vec_audio."],
        Aliases = [(".parametrizations.weight.original0", ".weight_g"), (".parametrizations.weight.original1", ".weight_v")],
        Heads = ["masked_spec_embed", "lm_head.{rest}", "quantizer.{rest}", "project_q.{rest}", "project_hid.{rest}", "projector.{rest}", "classifier.{rest}", "layer_weights"],
    };

    /// <summary>fairseq's wav2vec 2.0, HuBERT and data2vec.</summary>
    /// <param name="norm">Where the convolutions normalise, which decides their names.</param>
    public static KeyMap Fairseq(ConvNorm norm) => new("fairseq-wav2vec2",
    [
        new("feature_extractor.conv_layers.{n}.conv.{p}", "feature_extractor.conv_layers.{n}.0.{p}"),
        new("feature_extractor.conv_layers.{n}.layer_norm.{p}", $"feature_extractor.conv_layers.{{n}}.{(norm == ConvNorm.Layer ? "2.1" : "2")}.{{p}}"),
        new("feature_projection.layer_norm.{p}", "layer_norm.{p}"),
        new("feature_projection.projection.{p}", "post_extract_proj.{p}"),
        new("pos_conv_embed.layers.{n}.conv.{p}", "encoder.pos_conv.{n}.0.{p}"),
        new("pos_conv_embed.conv.{p}", "encoder.pos_conv.0.{p}"),
        new("norm.{p}", "encoder.layer_norm.{p}"),
        .. FairseqBlocks("encoder.layers.{n}."),
    ])
    {
        Heads = ["mask_emb", "quantizer.{rest}", "project_q.{rest}", "final_proj.{rest}", "target_glu.{rest}", "label_embs_concat"],
    };

    internal static KeyRule[] FairseqBlocks(string layer) => Blocks(layer, "self_attn.", "out_proj", "self_attn_layer_norm", "fc1", "fc2");

    private static KeyRule[] Blocks(string layer, string attention, string proj, string norm, string fc1, string fc2) =>
    [
        new("blocks.{n}.attn.qkv.{p}", $"{layer}{attention}q_proj.{{p}}", $"{layer}{attention}k_proj.{{p}}", $"{layer}{attention}v_proj.{{p}}"),
        new("blocks.{n}.attn.proj.{p}", $"{layer}{attention}{proj}.{{p}}"),
        new("blocks.{n}.norm1.{p}", $"{layer}{norm}.{{p}}"),
        new("blocks.{n}.norm2.{p}", $"{layer}final_layer_norm.{{p}}"),
        new("blocks.{n}.mlp.fc1.{p}", $"{layer}{fc1}.{{p}}"),
        new("blocks.{n}.mlp.fc2.{p}", $"{layer}{fc2}.{{p}}"),
    ];
}
