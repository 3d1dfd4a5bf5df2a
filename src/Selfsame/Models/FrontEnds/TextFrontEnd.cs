using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Texts as a learned vector for each token of the vocabulary.</summary>
public sealed class TextFrontEnd : FrontEnd
{
    private readonly Embedding _embed;
    private readonly TextShape _shape;

    /// <summary>Makes the table.</summary>
    public TextFrontEnd(TextShape shape, int width, PositionKind positions)
        : base(Modality.Text, width, positions, PlacesOf(shape))
    {
        _shape = shape;
        _embed = Child("word_embeddings", new Embedding(shape.Vocabulary, width));
    }

    /// <inheritdoc/>
    public override int Values => 0;

    /// <inheritdoc/>
    public override int Vocabulary => _shape.Vocabulary;

    private protected override FrontEndTokens Embed(BatchField field) =>
        new(_embed.Forward(field.Values), RealOf(field, field.Values.Size(1), 1), field.Values);

    private static TokenPlace[] PlacesOf(TextShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var places = new TokenPlace[shape.MaxLength];
        for (var n = 0; n < places.Length; n++)
            places[n] = new(0, 0, 0, n);
        return places;
    }
}
