using Selfsame.Modalities.Text.Trainers;
using Selfsame.Recipes;

namespace Selfsame.Modalities.Text;

/// <summary>What cuts text into tokens. A word in place of the block is <c>from</c>.</summary>
[ShortForm("from"), ExactlyOneOf("from", "train")]
public sealed record TokenizerSettings : ICheckable
{
    /// <summary>Tokens that a trained tokenizer has where the recipe does not say.</summary>
    public const int DefaultVocabulary = 8000;

    /// <summary><c>bytes</c>: a token for each byte of UTF-8; or the path of a <c>tokenizer.json</c>.</summary>
    public string? From { get; init; }

    /// <summary>Train one on the texts that the run trains on. It is kept in the run's folder as tokenizer.json, and used from there ever after.</summary>
    public TokenizerKind? Train { get; init; }

    /// <summary>Tokens of the tokenizer that is trained, special ones included; fewer where the texts give no more. Null (default): 8000.</summary>
    [Limits(300, 1 << 20, "the number of tokens of the tokenizer"), Unit("tokens")]
    public int? Vocabulary { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Vocabulary is not null && Train is null)
            yield return new("vocabulary", "is given, but no tokenizer is trained; give train: bpe, wordpiece or unigram, or leave it out");
    }
}
