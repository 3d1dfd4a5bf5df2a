using Selfsame.Data;
using Selfsame.Modalities.Text.Trainers;

namespace Selfsame.Modalities.Text;

/// <summary>Tokenizers by what a recipe writes after <c>tokenizer:</c>.</summary>
public static class Tokenizers
{
    /// <summary>The name of the tokenizer of bytes.</summary>
    public const string Bytes = "bytes";

    /// <summary>Opens a tokenizer, or trains one.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="texts">Gives the texts to train on; null where none can be trained.</param>
    /// <exception cref="DataSourceException">There is none of that name, its file cannot be used, or there is nothing to train on.</exception>
    public static ITokenizer Open(TokenizerSettings settings, Func<IEnumerable<string>>? texts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Train is { } kind)
            return texts is null
                ? throw new DataSourceException("data.text.tokenizer is to be trained, but there are no texts to train it on; name a tokenizer.json")
                : TokenizerTrainer.Train(kind, settings.Vocabulary ?? TokenizerSettings.DefaultVocabulary, texts());
        return settings.From switch
        {
            Bytes => ByteTokenizer.Instance,
            { Length: > 0 } path when File.Exists(path) => TextTokenizer.Open(path),
            var name => throw new DataSourceException(
                $"data.text.tokenizer is '{name}', which is no tokenizer and no file; use {Bytes}, the path of a tokenizer.json, or {{ train: bpe }}"),
        };
    }
}
