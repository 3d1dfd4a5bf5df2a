using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Pictures as square patches, row by row. Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929.</summary>
public sealed class ImageFrontEnd : FrontEnd
{
    private readonly PatchEmbedding _embed;
    private readonly ImageShape _shape;
    private readonly int _patch;

    /// <summary>Makes the layer.</summary>
    /// <param name="shape">What the pictures look like.</param>
    /// <param name="patch">Side of a patch, in pixels.</param>
    /// <param name="width">Width of the tokens.</param>
    /// <param name="positions">How places are told.</param>
    /// <param name="modality">What the pictures are: <c>image</c>, or another kind of picture such as <c>depth</c>.</param>
    /// <exception cref="ShapeException">The picture is not a whole number of patches.</exception>
    public ImageFrontEnd(ImageShape shape, int patch, int width, PositionKind positions, string modality = Modality.Image)
        : base(modality, width, positions, TokenPlaces.Of(shape, patch))
    {
        (_shape, _patch) = (shape, patch);
        _embed = Child("patch_embed", new PatchEmbedding(shape.Channels, patch, width));
    }

    /// <inheritdoc/>
    public override int Values => _patch * _patch * _shape.Channels;

    /// <inheritdoc/>
    public override (int Rows, int Columns) Grid => (_shape.Height / _patch, _shape.Width / _patch);

    private protected override FrontEndTokens Embed(BatchField field)
    {
        var tokens = _embed.Forward(field.Values);
        return new(tokens, TokenMasks.Real(field, tokens.Size(1), 1), Patches.Split(field.Values, _patch));
    }
}
