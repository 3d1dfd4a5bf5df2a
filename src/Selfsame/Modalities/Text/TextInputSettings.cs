using Selfsame.Modalities.Text.Trainers;
using Selfsame.Recipes;

namespace Selfsame.Modalities.Text;

/// <summary>How a text becomes tokens.</summary>
public sealed record TextInputSettings : ICheckable
{
    /// <summary>What cuts text into tokens: <c>bytes</c> (default), the path of a <c>tokenizer.json</c>, or a block that has one trained, such as <c>{ train: bpe, vocabulary: 4096 }</c>.</summary>
    public TokenizerSettings Tokenizer { get; init; } = new() { From = Tokenizers.Bytes };

    /// <summary>Most tokens of a sample, special ones included, at least 3. Default 256.</summary>
    [Limits(3, 1 << 20, "the number of tokens of the longest sample"), Unit("tokens")]
    public int MaxLength { get; init; } = 256;

    /// <summary>What is taken of a text that is longer. Null (default): random in training; evaluation always takes the start.</summary>
    public TextWindow? Window { get; init; }

    /// <summary>
    /// How texts share the rows of a training batch. Default none. Rows of packed texts are full and nothing of a text is left out, so a sample of a batch is max_length tokens of several texts;
    /// data.buckets then has no effect. Evaluation has a row for each text.
    /// </summary>
    public TextPacking Packing { get; init; }

    /// <summary>Put the tokenizer's begin and end tokens around each text. Default true.</summary>
    public bool Mark { get; init; } = true;

    /// <summary>
    /// Chance that a BPE tokenizer passes a merge over, so that training meets a text cut another way each time; evaluation never does. 0 (default): none; the paper's is 0.1.
    /// Provilkov et al. 2019, https://arxiv.org/abs/1910.13267.
    /// </summary>
    [Limits(0, 1, "the chance that a merge is passed over")]
    public double BpeDropout { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (BpeDropout > 0 && (Tokenizer.From == Tokenizers.Bytes || Tokenizer.Train is not (null or TokenizerKind.Bpe)))
            yield return new("bpe_dropout", "is given, but the tokenizer has no merges to pass over; give tokenizer: { train: bpe } or a tokenizer.json of that kind, or leave it out");
        if (Packing == TextPacking.None)
            yield break;
        if (BpeDropout > 0)
            yield return new("bpe_dropout", "is given beside packing, which needs as many tokens of a text in every epoch; leave one of them out");
        if (Window is not null)
            yield return new("window", "is given beside packing, which takes all of a long text, over several rows; leave one of them out");
    }
}

/// <summary>What is taken of a text that is too long.</summary>
public enum TextWindow
{
    /// <summary>A stretch from anywhere in it, another one each epoch.</summary>
    Random,

    /// <summary>Its start.</summary>
    Start,
}
