namespace Selfsame.Modalities.Text;

/// <summary>Finds a tokenizer's special tokens by the names that public tokenizers use.</summary>
internal static class SpecialNames
{
    private static readonly string[] s_padding = ["[PAD]", "<pad>", "<|pad|>", "<|padding|>", "<PAD>", "<|finetune_right_pad_id|>"];
    private static readonly string[] s_begin = ["[CLS]", "<s>", "<cls>", "[BOS]", "<bos>", "<|startoftext|>", "<|begin_of_text|>", "<|begin▁of▁sentence|>"];
    private static readonly string[] s_end = ["[SEP]", "</s>", "<sep>", "[EOS]", "<eos>", "<|endoftext|>", "<|end_of_text|>", "<|end▁of▁sentence|>"];
    private static readonly string[] s_mask = ["[MASK]", "<mask>", "<|mask|>", "<|MASK|>"];

    /// <summary>The special tokens of a tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="padding">Number of the padding token where the file says so.</param>
    /// <param name="free">A number that no token has, for padding where there is no token for it.</param>
    public static SpecialTokens Find(TextTokenizer tokenizer, int? padding, int free) =>
        new(Id(tokenizer, s_padding) ?? padding ?? free, Id(tokenizer, s_begin), Id(tokenizer, s_end), Id(tokenizer, s_mask));

    private static int? Id(TextTokenizer tokenizer, string[] names) => names.Select(tokenizer.IdOf).FirstOrDefault(id => id is not null);
}
