namespace Selfsame.Models.Checkpoints;

/// <summary>The names of public text encoders.</summary>
public static class TextKeys
{
    /// <summary>Hugging Face BERT, RoBERTa and Data2VecText; models with a head put <c>bert.</c> and the like in front. TensorFlow conversions say gamma and beta.</summary>
    public static KeyMap HuggingFaceBert { get; } = new("hf-bert",
    [
        new("embeddings.word_embeddings.{p}", "embeddings.word_embeddings.{p}"),
        new("embeddings.position_embeddings.{p}", "embeddings.position_embeddings.{p}"),
        new("embeddings.token_type_embeddings.{p}", "embeddings.token_type_embeddings.{p}"),
        new("embeddings.norm.{p}", "embeddings.LayerNorm.{p}"),
        new("blocks.{n}.attn.qkv.{p}", "encoder.layer.{n}.attention.self.query.{p}", "encoder.layer.{n}.attention.self.key.{p}", "encoder.layer.{n}.attention.self.value.{p}"),
        new("blocks.{n}.attn.proj.{p}", "encoder.layer.{n}.attention.output.dense.{p}"),
        new("blocks.{n}.norm1.{p}", "encoder.layer.{n}.attention.output.LayerNorm.{p}"),
        new("blocks.{n}.mlp.fc1.{p}", "encoder.layer.{n}.intermediate.dense.{p}"),
        new("blocks.{n}.mlp.fc2.{p}", "encoder.layer.{n}.output.dense.{p}"),
        new("blocks.{n}.norm2.{p}", "encoder.layer.{n}.output.LayerNorm.{p}"),
        new("pooler.dense.{p}", "pooler.dense.{p}"),
    ])
    {
        Prefixes = ["bert.", "roberta.", "data2vec_text."],
        Aliases = OldNorms,
        Unused = ["embeddings.position_ids"],
        Heads = ["pooler.{rest}", "cls.{rest}", "lm_head.{rest}", "classifier.{rest}", "qa_outputs.{rest}"],
    };

    /// <summary>The head of Hugging Face's masked language models, for <see cref="MaskedLanguageHead"/>. The output matrix is that of the tokens.</summary>
    /// <param name="roberta">RoBERTa's names; otherwise BERT's.</param>
    public static KeyMap HuggingFaceHead(bool roberta) => new(roberta ? "hf-roberta-head" : "hf-bert-head", roberta
        ? [new("dense.{p}", "lm_head.dense.{p}"), new("norm.{p}", "lm_head.layer_norm.{p}"), new("bias", "lm_head.bias")]
        : [new("dense.{p}", "cls.predictions.transform.dense.{p}"), new("norm.{p}", "cls.predictions.transform.LayerNorm.{p}"), new("bias", "cls.predictions.bias")])
    {
        Aliases = OldNorms,
        Heads = ["{rest}"],
    };

    /// <summary>fairseq's text encoders, such as data2vec's.</summary>
    public static KeyMap Fairseq { get; } = new("fairseq-text",
    [
        new("embeddings.word_embeddings.{p}", "embed_tokens.{p}"),
        new("embeddings.position_embeddings.{p}", "embed_positions.{p}"),
        new("embeddings.norm.{p}", "layernorm_embedding.{p}"),
        new("norm.{p}", "layer_norm.{p}"),
        .. SpeechKeys.FairseqBlocks("layers.{n}."),
    ])
    {
        Prefixes = ["encoder.sentence_encoder.", "sentence_encoder.", "decoder.sentence_encoder."],
        Aliases = [(".emb_layer_norm.", ".layernorm_embedding.")],
        Heads = ["encoder.regression_head.{rest}", "encoder.lm_head.{rest}", "regression_head.{rest}", "lm_head.{rest}"],
    };

    private static IReadOnlyList<(string Old, string New)> OldNorms => [("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")];
}
