namespace Selfsame.Modalities.Text;

/// <summary>Tokens that stand for no text.</summary>
/// <param name="Padding">Fills a batch behind a text's end.</param>
/// <param name="Begin">Stands before a text; null for none.</param>
/// <param name="End">Stands behind a text; null for none.</param>
/// <param name="Mask">Stands for a hidden token; null for none.</param>
public readonly record struct SpecialTokens(int Padding, int? Begin, int? End, int? Mask);

/// <summary>Text to numbers and back. Safe from any thread.</summary>
public interface ITokenizer
{
    /// <summary>Distinct tokens, special ones included; every token is below.</summary>
    int VocabularySize { get; }

    /// <summary>The tokens that stand for no text.</summary>
    SpecialTokens Special { get; }

    /// <summary>Bytes of UTF-8 that a token stands for, roughly: tells texts of like length before they are read.</summary>
    double BytesPerToken => 1;

    /// <summary>Tokens of a text, without special ones.</summary>
    int[] Encode(string text);

    /// <summary>The text of tokens; special ones give nothing.</summary>
    string Decode(ReadOnlySpan<int> tokens);
}
