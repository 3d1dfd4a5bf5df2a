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
        : base(Modality.Text, width, positions, TokenPlaces.InOrder(shape?.MaxLength ?? throw new ArgumentNullException(nameof(shape))))
    {
        _shape = shape;
        _embed = Child("word_embeddings", new Embedding(shape.Vocabulary, width));
    }

    /// <inheritdoc/>
    public override int Values => 0;

    /// <inheritdoc/>
    public override int Vocabulary => _shape.Vocabulary;

    private protected override FrontEndTokens Embed(BatchField field) =>
        new(_embed.Forward(field.Values), TokenMasks.Real(field, field.Values.Size(1), 1), field.Values);
}
