using Selfsame.Recipes;

namespace Selfsame.Modalities.Text;

/// <summary>How a text becomes tokens.</summary>
public sealed record TextInputSettings
{
    /// <summary>What cuts text into tokens: <c>bytes</c> (default), the path of a <c>tokenizer.json</c>, or a block that has one trained, such as <c>{ train: bpe, vocabulary: 4096 }</c>.</summary>
    public TokenizerSettings Tokenizer { get; init; } = new() { From = Tokenizers.Bytes };

    /// <summary>Most tokens of a sample, special ones included, at least 3. Default 256.</summary>
    [Limits(3, 1 << 20, "the number of tokens of the longest sample"), Unit("tokens")]
    public int MaxLength { get; init; } = 256;

    /// <summary>What is taken of a text that is longer. Default random in training; evaluation always takes the start.</summary>
    public TextWindow Window { get; init; }

    /// <summary>Put the tokenizer's begin and end tokens around each text. Default true.</summary>
    public bool Mark { get; init; } = true;
}

/// <summary>What is taken of a text that is too long.</summary>
public enum TextWindow
{
    /// <summary>A stretch from anywhere in it, another one each epoch.</summary>
    Random,

    /// <summary>Its start.</summary>
    Start,
}
