namespace Selfsame.Modalities.Text;

/// <summary>Tokenizers by what a recipe writes after <c>tokenizer:</c>.</summary>
public static class Tokenizers
{
    /// <summary>The name of the tokenizer of bytes.</summary>
    public const string Bytes = "bytes";

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="name"><c>bytes</c>.</param>
    /// <exception cref="Data.DataSourceException">There is none of that name.</exception>
    public static ITokenizer Open(string name) => name == Bytes
        ? ByteTokenizer.Instance
        : throw new Data.DataSourceException($"data.text.tokenizer is '{name}', which is no tokenizer; use {Bytes}");
}
