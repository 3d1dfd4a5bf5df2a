using Selfsame.Data;
using Selfsame.Modalities.Text.Json;
using Selfsame.Modalities.Text.Models;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Text;

/// <summary>A tokenizer as Hugging Face's <c>tokenizer.json</c> describes one. Never changes; safe from any thread.</summary>
/// <remarks>
/// A text is cut at added tokens, normalized, cut into pieces, and each piece becomes tokens by the model; then it is truncated, special tokens are put around it, and it is padded.
/// Places are counted in code points of the text that was given. A lone surrogate, which no UTF-8 can hold, is read as U+FFFD.
/// </remarks>
public sealed class TextTokenizer : ITokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenFinder _finder;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<int, string> _decoded;

    internal TextTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _finder = new(parts.Added, parts.Normalizer);
        _added = parts.Added.GroupBy(token => token.Id).ToDictionary(group => group.Key, group => group.Last());
        _decoded = _added.Values.ToDictionary(token => token.Id, token => token.Normalized && parts.Normalizer is { } normalizer ? normalizer.Apply(AlignedText.Of(token.Content)).ToString() : token.Content);
        var tokens = Math.Max(parts.Model.Vocabulary.Size, parts.Added.Select(token => token.Id + 1).DefaultIfEmpty().Max());
        Special = SpecialNames.Find(this, parts.Padding?.Id, tokens);
        VocabularySize = Math.Max(tokens, Special.Padding + 1);
    }

    /// <inheritdoc/>
    /// <remarks>One more than the file has where it has no token for padding.</remarks>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public SpecialTokens Special { get; }

    /// <inheritdoc/>
    public double BytesPerToken => 4;

    /// <summary>Tokens beside the model's.</summary>
    public IReadOnlyList<AddedToken> Added => _parts.Added;

    /// <summary>How long sequences are cut; null for not at all.</summary>
    public Truncation? Truncation => _parts.Truncation;

    /// <summary>How sequences are filled up; null for not at all.</summary>
    public Padding? Padding => _parts.Padding;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A <c>tokenizer.json</c>.</param>
    /// <exception cref="DataSourceException">It cannot be read, or something in it is not known.</exception>
    public static TextTokenizer Open(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataSourceException($"the tokenizer {path} can't be read: {problem.Message}", problem);
        }
    }

    /// <summary>Reads the text of a <c>tokenizer.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="DataSourceException">It is not JSON, or something in it is not known; the message has the path of keys.</exception>
    public static TextTokenizer Parse(string json, string name = "tokenizer.json") => new(TokenizerJson.Read(json, name));

    /// <summary>The text of its <c>tokenizer.json</c>; reading it back gives the same tokenizer.</summary>
    public string ToJson() => TokenizerJson.Write(_parts);

    /// <summary>Writes its <c>tokenizer.json</c>.</summary>
    public void Save(string path) => AtomicFile.Write(path, ToJson() + "\n");

    /// <summary>The same tokenizer with another way to cut and fill up; null for not at all.</summary>
    public TextTokenizer With(Truncation? truncation, Padding? padding) => new(_parts with { Truncation = truncation, Padding = padding });

    /// <summary>The same tokenizer with another chance that a merge is passed over; null where its model has no merges.</summary>
    /// <param name="chance">0 to 1.</param>
    internal TextTokenizer? WithDropout(double chance) => _parts.Model is BpeModel merging ? new(_parts with { Model = merging.WithDropout(chance) }) : null;

    /// <summary>The number of a token; null for none.</summary>
    public int? IdOf(string token) =>
        _parts.Added.LastOrDefault(added => added.Content == token)?.Id ?? (_parts.Model.Vocabulary.IdOf(token) is >= 0 and var id ? id : null);

    /// <summary>The text of a token; null for none.</summary>
    public string? TokenOf(int id) => _added.TryGetValue(id, out var added) ? added.Content : _parts.Model.Vocabulary.TokenOf(id);

    /// <inheritdoc/>
    /// <remarks>What reads like a special token is text here; neither truncates nor fills up.</remarks>
    public int[] Encode(string text) => EncodeDrawn(text, draws: null);

    /// <summary>Tokens of a text, without special ones, by chance.</summary>
    /// <param name="text">The text.</param>
    /// <param name="draws">Where the chance of a BPE dropout comes from; null for none.</param>
    internal int[] EncodeDrawn(string text, IDraws? draws) => [.. Tokens(Cut(text, findSpecial: false), 0, draws).Select(token => token.Id)];

    /// <summary>Tokens of a text or a pair, with their places.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">A second text; null for none.</param>
    /// <param name="addSpecial">Put special tokens around, as the post-processor says.</param>
    /// <param name="draws">Where the chance of a BPE dropout comes from; null for none.</param>
    public EncodedText Encode(string text, string? pair, bool addSpecial = true, IDraws? draws = null)
    {
        var encoded = Assemble(text, pair, addSpecial, draws);
        return Padding is null ? encoded : Padding.Apply([encoded])[0];
    }

    /// <summary>Tokens of several texts, filled up to one length where the tokenizer says so.</summary>
    /// <inheritdoc cref="Encode(string, string?, bool, IDraws?)"/>
    /// <param name="texts">The texts.</param>
    /// <param name="addSpecial">As above.</param>
    /// <param name="draws">As above.</param>
    public IReadOnlyList<EncodedText> EncodeBatch(IEnumerable<string> texts, bool addSpecial = true, IDraws? draws = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var batch = texts.Select(text => Assemble(text, null, addSpecial, draws)).ToArray();
        return Padding is null ? batch : Padding.Apply(batch);
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokens) => Decode(tokens, skipSpecial: true);

    /// <summary>The text of tokens; added tokens that are looked for in normalized text come back normalized.</summary>
    /// <param name="tokens">Their numbers; those that are not known give nothing.</param>
    /// <param name="skipSpecial">Leave special tokens out.</param>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecial)
    {
        var texts = new List<string>(tokens.Length);
        foreach (var id in tokens)
        {
            if (skipSpecial && _added.TryGetValue(id, out var added) && added.Special)
                continue;
            if ((_decoded.GetValueOrDefault(id) ?? _parts.Model.Vocabulary.TokenOf(id)) is { } token)
                texts.Add(token);
        }

        return _parts.Decoder is { } decoder ? string.Concat(decoder.Apply(texts)) : string.Join(' ', texts);
    }

    /// <summary>The pieces of a text that the model sees, for training one.</summary>
    internal IEnumerable<string> Pieces(string text) => Cut(text, findSpecial: true).Where(piece => piece.Token is null).Select(piece => piece.Text.ToString());

    private EncodedText Assemble(string text, string? pair, bool addSpecial, IDraws? draws)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = new EncodedText([.. Tokens(Within(Cut(text, findSpecial: true), 0), 0, draws)]);
        var second = pair is null ? null : new EncodedText([.. Tokens(Within(Cut(pair, findSpecial: true), 1), 1, draws)]);
        if (Truncation is { } truncation)
            (first, second) = truncation.Apply(first, second, addSpecial ? _parts.PostProcessor?.Added(pair is not null) ?? 0 : 0);
        IReadOnlyList<EncodedText> parts = second is null ? [first] : [first, second];
        parts = _parts.PostProcessor?.Apply(parts, addSpecial) ?? parts;
        return parts.Count == 0 ? new([]) : parts.Aggregate((left, right) => left.Append(right));
    }

    /// <summary>The pieces up to the one with which truncation's length is reached: what lies behind is not looked at, and is in no window either, as in Hugging Face's tokenizers from 0.23 on.</summary>
    private List<(AlignedText Text, AddedToken? Token)> Within(List<(AlignedText Text, AddedToken? Token)> pieces, int type)
    {
        if (Truncation is not { } truncation || (truncation.Strategy == TruncationStrategy.OnlySecond && type == 0))
            return pieces;
        var (found, count, taken) = (new List<PieceToken>(), 0, 0);
        var left = truncation.Direction == SequenceSide.Left;
        while (taken < pieces.Count)
        {
            var (piece, added) = pieces[left ? pieces.Count - 1 - taken : taken];
            taken++;
            if (added is not null)
            {
                count++;
                continue;
            }

            found.Clear();
            _parts.Model.Encode(piece.Points, found, draws: null);
            count += found.Count;
            if (count >= truncation.MaxLength)
                break;
        }

        return left ? pieces[^taken..] : pieces[..taken];
    }

    private List<EncodedToken> Tokens(List<(AlignedText Text, AddedToken? Token)> pieces, int type, IDraws? draws)
    {
        var (tokens, found, word) = (new List<EncodedToken>(), new List<PieceToken>(), 0);
        foreach (var (piece, added) in pieces)
        {
            if (added is not null)
                tokens.Add(new(added.Id, added.Content, piece.Start(0), piece.End(piece.Length - 1), type, word));
            else
            {
                found.Clear();
                _parts.Model.Encode(piece.Points, found, draws);
                foreach (var (id, first, end) in found)
                    tokens.Add(new(id, TokenOf(id) ?? "", piece.Start(first), piece.End(end - 1), type, word));
            }

            word++;
        }

        return tokens;
    }

    private List<(AlignedText Text, AddedToken? Token)> Cut(string text, bool findSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<(AlignedText, AddedToken?)>();
        var cut = new List<AlignedText>();
        foreach (var (stretch, token) in _finder.Cut(AlignedText.Of(text), findSpecial))
        {
            if (token is not null || _parts.PreTokenizer is null)
            {
                if (stretch.Length > 0)
                    pieces.Add((stretch, token));
                continue;
            }

            cut.Clear();
            _parts.PreTokenizer.Cut(stretch, cut);
            foreach (var piece in cut)
                pieces.Add((piece, null));
        }

        return pieces;
    }
}
