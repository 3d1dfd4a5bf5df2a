namespace Selfsame.Models.Checkpoints;

/// <summary>The names of public Vision Transformers. Ours are timm's.</summary>
public static class VisionKeys
{
    /// <summary>pytorch-image-models, and the official code of ViT, DeiT, MAE and DINO.</summary>
    public static KeyMap Timm { get; } = new("timm",
    [
        new("blocks.{n}.attn.rel_pos.{p}", "blocks.{n}.attn.{p}"),
        new("blocks.rel_pos.{p}", "rel_pos_bias.{p}"),
        .. Same(
            "blocks.{n}.{rest}", "patch_embed.proj.{p}", "cls_token", "dist_token", "reg_token", "mask_token", "pos_embed",
            "norm_pre.{p}", "norm.{p}", "fc_norm.{p}", "attn_pool.{rest}", "pre_logits.fc.{p}", "head.{p}", "head_dist.{p}"),
    ])
    {
        Unused = ["blocks.{n}.attn.relative_position_index", "rel_pos_bias.relative_position_index"],
        Heads = ["head.{rest}", "head_dist.{rest}", "fc_norm.{rest}", "attn_pool.{rest}", "pre_logits.{rest}", "dist_token", "mask_token", "decoder_{rest}", "decoder_blocks.{rest}"],
    };

    /// <summary>facebookresearch/dinov2.</summary>
    /// <param name="gated">The feed-forward parts are SwiGLU.</param>
    public static KeyMap DinoV2(bool gated) => new("dinov2",
    [
        new("reg_token", "register_tokens"),
        .. gated ? new KeyRule[] { new("blocks.{n}.mlp.fc1.{p}", "blocks.{n}.mlp.w12.{p}"), new("blocks.{n}.mlp.fc2.{p}", "blocks.{n}.mlp.w3.{p}") } : [],
        .. Same("blocks.{n}.{rest}", "patch_embed.proj.{p}", "cls_token", "mask_token", "pos_embed", "norm.{p}"),
    ])
    {
        Heads = ["head.{rest}", "mask_token", "dino_head.{rest}", "ibot_head.{rest}"],
    };

    /// <summary>Hugging Face ViT and DeiT; classifiers put <c>vit.</c> in front.</summary>
    public static KeyMap HuggingFaceVit { get; } = new("hf-vit",
    [
        new("cls_token", "embeddings.cls_token"),
        new("dist_token", "embeddings.distillation_token"),
        new("mask_token", "embeddings.mask_token"),
        new("pos_embed", "embeddings.position_embeddings"),
        new("patch_embed.proj.{p}", "embeddings.patch_embeddings.projection.{p}"),
        .. Blocks("layernorm_before", "layernorm_after"),
        new("norm.{p}", "layernorm.{p}"),
        new("pre_logits.fc.{p}", "pooler.dense.{p}"),
        new("head.{p}", "classifier.{p}") { Outside = true },
    ])
    {
        Prefixes = ["vit.", "deit."],
        Heads = ["pooler.{rest}", "classifier.{rest}", "cls_classifier.{rest}", "distillation_classifier.{rest}", "decoder.{rest}", "embeddings.mask_token", "embeddings.distillation_token"],
    };

    /// <summary>Hugging Face BEiT; keys have no bias there.</summary>
    public static KeyMap HuggingFaceBeit { get; } = new("hf-beit",
    [
        new("cls_token", "embeddings.cls_token"),
        new("mask_token", "embeddings.mask_token"),
        new("pos_embed", "embeddings.position_embeddings"),
        new("patch_embed.proj.{p}", "embeddings.patch_embeddings.projection.{p}"),
        new("blocks.rel_pos.{p}", "encoder.relative_position_bias.{p}"),
        new("blocks.{n}.attn.rel_pos.{p}", "encoder.layer.{n}.attention.attention.relative_position_bias.{p}"),
        new("blocks.{n}.attn.qkv.bias", "encoder.layer.{n}.attention.attention.query.bias", "encoder.layer.{n}.attention.attention.key.bias?", "encoder.layer.{n}.attention.attention.value.bias"),
        .. Blocks("layernorm_before", "layernorm_after"),
        new("blocks.{n}.ls1.gamma", "encoder.layer.{n}.lambda_1"),
        new("blocks.{n}.ls2.gamma", "encoder.layer.{n}.lambda_2"),
        new("norm.{p}", "layernorm.{p}"),
        new("fc_norm.{p}", "pooler.layernorm.{p}"),
        new("head.{p}", "classifier.{p}") { Outside = true },
    ])
    {
        Prefixes = ["beit."],
        Unused = ["encoder.relative_position_bias.relative_position_index", "encoder.layer.{n}.attention.attention.relative_position_bias.relative_position_index"],
        Heads = ["pooler.{rest}", "classifier.{rest}", "lm_head.{rest}", "embeddings.mask_token", "decode_head.{rest}", "auxiliary_head.{rest}", "fpn{k}.{rest}"],
    };

    /// <summary>Hugging Face DINOv2, with registers or without.</summary>
    /// <param name="gated">The feed-forward parts are SwiGLU.</param>
    public static KeyMap HuggingFaceDinoV2(bool gated) => new("hf-dinov2",
    [
        new("cls_token", "embeddings.cls_token"),
        new("mask_token", "embeddings.mask_token"),
        new("reg_token", "embeddings.register_tokens"),
        new("pos_embed", "embeddings.position_embeddings"),
        new("patch_embed.proj.{p}", "embeddings.patch_embeddings.projection.{p}"),
        .. Attention(),
        new("blocks.{n}.norm1.{p}", "encoder.layer.{n}.norm1.{p}"),
        new("blocks.{n}.norm2.{p}", "encoder.layer.{n}.norm2.{p}"),
        new("blocks.{n}.mlp.fc1.{p}", $"encoder.layer.{{n}}.mlp.{(gated ? "weights_in" : "fc1")}.{{p}}"),
        new("blocks.{n}.mlp.fc2.{p}", $"encoder.layer.{{n}}.mlp.{(gated ? "weights_out" : "fc2")}.{{p}}"),
        new("blocks.{n}.ls1.gamma", "encoder.layer.{n}.layer_scale1.lambda1"),
        new("blocks.{n}.ls2.gamma", "encoder.layer.{n}.layer_scale2.lambda1"),
        new("norm.{p}", "layernorm.{p}"),
    ])
    {
        Prefixes = ["dinov2.", "dinov2_with_registers."],
        Heads = ["classifier.{rest}", "embeddings.mask_token"],
    };

    /// <summary>Hugging Face ViTMAE: encoder and decoder, for <c>mae</c>.</summary>
    public static KeyMap HuggingFaceMae { get; } = new("hf-vit-mae",
    [
        .. HuggingFaceVit.Rules.Where(rule => !rule.Outside).Select(rule => rule.Under("encoder.", "vit.")),
        new("decoder.mask_token", "decoder.mask_token"),
        new("decoder.pos_embed", "decoder.decoder_pos_embed"),
        new("decoder.{m}.{p}", "decoder.decoder_{m}.{p}"),
        .. Blocks("layernorm_before", "layernorm_after").Select(rule => new KeyRule("decoder." + rule.Ours, [.. rule.Theirs.Select(name => name.Replace("encoder.layer.", "decoder.decoder_layers.", StringComparison.Ordinal))])),
    ]);

    /// <summary>facebookresearch/mae: encoder and decoder, for <c>mae</c>.</summary>
    public static KeyMap FacebookMae { get; } = new("mae",
    [
        new("decoder.mask_token", "mask_token"),
        new("decoder.{rest}", "decoder_{rest}"),
        new("encoder.{rest}", "{rest}"),
    ]);

    /// <summary>fairseq's data2vec on pictures.</summary>
    public static KeyMap FairseqData2Vec { get; } = new("fairseq-data2vec",
    [
        new("cls_token", "cls_emb"),
        new("patch_embed.proj.{p}", "patch_embed.conv.{p}"),
        new("blocks.rel_pos.{p}", "encoder.rel_pos_bias.{p}"),
        new("blocks.{n}.ls1.gamma", "encoder.blocks.{n}.gamma_1"),
        new("blocks.{n}.ls2.gamma", "encoder.blocks.{n}.gamma_2"),
        new("blocks.{n}.mlp.fc1.{p}", "encoder.blocks.{n}.mlp.0.{p}"),
        new("blocks.{n}.mlp.fc2.{p}", "encoder.blocks.{n}.mlp.2.{p}"),
        new("blocks.{n}.{rest}", "encoder.blocks.{n}.{rest}"),
        new("norm.{p}", "encoder.norm.{p}"),
    ])
    {
        Unused = ["encoder.rel_pos_bias.relative_position_index"],
        Heads = ["mask_emb", "final_proj.{rest}"],
    };

    private static IEnumerable<KeyRule> Same(params string[] names) => names.Select(name => new KeyRule(name, name));

    // Attention of a Hugging Face vision layer.
    private static KeyRule[] Attention() =>
    [
        new("blocks.{n}.attn.qkv.{p}", "encoder.layer.{n}.attention.attention.query.{p}", "encoder.layer.{n}.attention.attention.key.{p}", "encoder.layer.{n}.attention.attention.value.{p}"),
        new("blocks.{n}.attn.proj.{p}", "encoder.layer.{n}.attention.output.dense.{p}"),
    ];

    private static KeyRule[] Blocks(string before, string after) =>
    [
        .. Attention(),
        new("blocks.{n}.norm1.{p}", $"encoder.layer.{{n}}.{before}.{{p}}"),
        new("blocks.{n}.norm2.{p}", $"encoder.layer.{{n}}.{after}.{{p}}"),
        new("blocks.{n}.mlp.fc1.{p}", "encoder.layer.{n}.intermediate.dense.{p}"),
        new("blocks.{n}.mlp.fc2.{p}", "encoder.layer.{n}.output.dense.{p}"),
    ];
}
