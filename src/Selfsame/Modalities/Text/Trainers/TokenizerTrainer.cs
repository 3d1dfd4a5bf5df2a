using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Decoders;
using Selfsame.Modalities.Text.Models;
using Selfsame.Modalities.Text.Normalizers;
using Selfsame.Modalities.Text.PostProcessors;
using Selfsame.Modalities.Text.PreTokenizers;

namespace Selfsame.Modalities.Text.Trainers;

/// <summary>Trains tokenizers. The same texts give the same tokenizer, in whatever order they come.</summary>
public static class TokenizerTrainer
{
    private const string Mark = "\u2581";
    private const int LongestWord = 100;

    /// <summary>Trains a tokenizer.</summary>
    /// <param name="kind">What is trained.</param>
    /// <param name="vocabulary">Tokens at most, special ones included. Characters are never left out for it, so that few of a large alphabet may give more.</param>
    /// <param name="texts">What is trained on.</param>
    /// <exception cref="Data.DataSourceException">The texts are empty.</exception>
    public static TextTokenizer Train(TokenizerKind kind, int vocabulary, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var blank = Parts(kind, new WordLevelModel(Vocabulary.Of([""]), ""));
        var (cutter, counts) = (new TextTokenizer(blank), new WordCounts());
        foreach (var text in texts)
            counts.Add(cutter.Pieces(text));
        var words = counts.InOrder();
        if (words.Count == 0)
            throw new Data.DataSourceException("there is no text to train a tokenizer on; all texts are empty");
        var special = Special(kind);
        var model = Model(kind, vocabulary, special, words);
        return new(Parts(kind, model) with { Added = [.. special.Select((token, id) => new AddedToken(id, token) { Special = true })], PostProcessor = Around(special) });
    }

    private static ITokenModel Model(TokenizerKind kind, int vocabulary, string[] special, IReadOnlyList<(int[] Points, long Count)> words)
    {
        switch (kind)
        {
            case TokenizerKind.Bpe:
                var bpe = new BpeTrainer { VocabularySize = vocabulary, SpecialTokens = special, InitialAlphabet = ByteAlphabet.InTableOrder().Select(c => (int)c) }.Train(words);
                return new BpeModel(Vocabulary.Of(bpe.Tokens), bpe.Merges, new BpeOptions());
            case TokenizerKind.Wordpiece:
                var pieces = new BpeTrainer { VocabularySize = vocabulary, SpecialTokens = special, ContinuingSubwordPrefix = "##" }.Train(words);
                return new WordPieceModel(Vocabulary.Of(pieces.Tokens), "[UNK]", "##", LongestWord);
            case TokenizerKind.Unigram:
                var learned = new UnigramTrainer { VocabularySize = vocabulary - special.Length }.Train(words);
                return new UnigramModel([.. special.Select(token => (token, 0.0)), .. learned], Array.IndexOf(special, "<unk>"), byteFallback: false);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "there are bpe, wordpiece and unigram");
        }
    }

    private static string[] Special(TokenizerKind kind) => kind switch
    {
        TokenizerKind.Bpe => ["<pad>", "<s>", "</s>", "<mask>"],
        TokenizerKind.Wordpiece => ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        _ => ["<pad>", "<unk>", "<s>", "</s>", "<mask>"],
    };

    private static TokenizerParts Parts(TokenizerKind kind, ITokenModel model) => kind switch
    {
        TokenizerKind.Bpe => new(model)
        {
            PreTokenizer = new ByteLevelPreTokenizer(addPrefixSpace: false, trimOffsets: true, useRegex: true),
            Decoder = new ByteLevelDecoder(addPrefixSpace: false, trimOffsets: true, useRegex: true),
        },
        TokenizerKind.Wordpiece => new(model)
        {
            Normalizer = new BertNormalizer(cleanText: true, handleChineseChars: true, stripAccents: false, lowercase: false),
            PreTokenizer = new BertPreTokenizer(),
            Decoder = new WordPieceDecoder("##", cleanup: true),
        },
        _ => new(model)
        {
            Normalizer = new UnicodeNormalizer("NFKC"),
            PreTokenizer = new MetaspacePreTokenizer(Mark, PrependScheme.Always, split: true),
            Decoder = new MetaspaceDecoder(Mark, PrependScheme.Always, split: true),
        },
    };

    private static TemplatePostProcessor Around(string[] special)
    {
        var (begin, end) = (Array.Find(special, token => token is "<s>" or "[CLS]")!, Array.Find(special, token => token is "</s>" or "[SEP]")!);
        return new(new Template(
            [new(-1, begin, 0), new(0, "", 0), new(-1, end, 0)],
            [new(-1, begin, 0), new(0, "", 0), new(-1, end, 0), new(1, "", 1), new(-1, end, 1)],
            new[] { begin, end }.ToDictionary(token => token, token => new TemplateToken([Array.IndexOf(special, token)], [token]), StringComparer.Ordinal)));
    }
}

/// <summary>Kinds of tokenizers that can be trained.</summary>
public enum TokenizerKind
{
    /// <summary>Byte-pair encoding on bytes: no text is unknown, and decoding gives the text back. Radford et al. 2019, section 2.2.</summary>
    Bpe,

    /// <summary>BERT's WordPiece with case kept; a word with an unknown character is unknown. Devlin et al. 2018, https://arxiv.org/abs/1810.04805.</summary>
    Wordpiece,

    /// <summary>SentencePiece's unigram language model on NFKC. Kudo 2018, https://arxiv.org/abs/1804.10959.</summary>
    Unigram,
}
