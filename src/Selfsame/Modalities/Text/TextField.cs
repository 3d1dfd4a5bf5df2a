using System.Globalization;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Modalities.Media;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Text;

/// <summary>Texts as tokens, (B, L), padded behind the end.</summary>
public sealed class TextField : SampleField
{
    [ThreadStatic]
    private static SeededDraws? s_draws;  // restarted for every sample, so nothing is carried over

    private readonly TextInputSettings _settings;
    private readonly ITokenizer _tokenizer;
    private readonly TextTokenizer? _dropping;  // passes merges over; null where none are
    private readonly bool _evaluation;
    private readonly int _marks;

    /// <summary>Makes the field.</summary>
    /// <param name="settings">How a text becomes tokens.</param>
    /// <param name="tokenizer">What cuts it.</param>
    /// <param name="evaluation">Nothing random: of a long text, its start.</param>
    /// <exception cref="DataSourceException">Merges are to be passed over, and the tokenizer has none.</exception>
    public TextField(TextInputSettings settings, ITokenizer tokenizer, bool evaluation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_settings, _tokenizer, _evaluation) = (settings, tokenizer, evaluation);
        _marks = settings.Mark ? (tokenizer.Special.Begin is null ? 0 : 1) + (tokenizer.Special.End is null ? 0 : 1) : 0;
        if (settings.BpeDropout > 0 && !evaluation)
        {
            _dropping = (tokenizer as TextTokenizer)?.WithDropout(settings.BpeDropout) ?? throw new DataSourceException(string.Create(CultureInfo.InvariantCulture,
                $"data.text.bpe_dropout is {settings.BpeDropout}, but the tokenizer is of another kind and has no merges to pass over; use one of kind bpe, or leave bpe_dropout out"));
        }

        Layout = new(FieldType.Int64, [], settings.MaxLength, tokenizer.Special.Padding);
        Shape = new(settings.MaxLength, tokenizer.VocabularySize, tokenizer.Special);
    }

    /// <inheritdoc/>
    public override string Name => Selfsame.Modality.Text;

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Text;

    /// <inheritdoc/>
    public override FieldLayout Layout { get; }

    /// <summary>What a model is told.</summary>
    public TextShape Shape { get; }

    /// <inheritdoc/>
    public override int EstimateLength(DataSet data, int index)
    {
        ArgumentNullException.ThrowIfNull(data);
        return (int)Math.Min((data.SizeHint(index, Modality) / _tokenizer.BytesPerToken) + _marks, _settings.MaxLength);
    }

    /// <inheritdoc/>
    public override void Read(SampleReader reader, in SampleContext context, FieldRow row)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var text = reader.Data.ReadText(context.Index);
        var tokens = _dropping is null ? _tokenizer.Encode(text) : _dropping.EncodeDrawn(text, DrawsOf(context));
        RequireSome(tokens);
        var room = _settings.MaxLength - _marks;
        var first = 0;
        if (tokens.Length > room && !_evaluation && _settings.Window is null or TextWindow.Random)
            first = DrawsOf(context).Integer("text.window", tokens.Length - room + 1);
        var taken = tokens.AsSpan(first, Math.Min(room, tokens.Length));
        Write(taken, row.Tokens(taken.Length + _marks));
    }

    /// <summary>All tokens of a text between its marks, however many; nothing random.</summary>
    /// <exception cref="MediaException">It is not UTF-8, or has no tokens.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal long[] ReadWhole(DataSet data, int index)
    {
        var tokens = _tokenizer.Encode(data.ReadText(index));
        RequireSome(tokens);
        var whole = new long[tokens.Length + _marks];
        Write(tokens, whole);
        return whole;
    }

    /// <summary>Number of tokens that <see cref="ReadWhole"/> gives.</summary>
    /// <inheritdoc cref="ReadWhole"/>
    internal int CountWhole(DataSet data, int index)
    {
        var tokens = _tokenizer.Encode(data.ReadText(index));
        RequireSome(tokens);
        return tokens.Length + _marks;
    }

    private static void RequireSome(int[] tokens)
    {
        if (tokens.Length == 0)
            throw new MediaException(MediaError.Corrupt, "the text has no tokens");
    }

    // The tokens between the marks.
    private void Write(ReadOnlySpan<int> taken, Span<long> target)
    {
        var next = 0;
        if (_settings.Mark && _tokenizer.Special.Begin is { } begin)
            target[next++] = begin;
        foreach (var token in taken)
            target[next++] = token;
        if (_settings.Mark && _tokenizer.Special.End is { } end)
            target[next] = end;
    }

    private static SeededDraws DrawsOf(in SampleContext context)
    {
        var draws = s_draws ??= new SeededDraws(0, 0, 0);
        draws.Restart(context.Seed, (ulong)context.Epoch, (ulong)context.Position);
        return draws;
    }
}
