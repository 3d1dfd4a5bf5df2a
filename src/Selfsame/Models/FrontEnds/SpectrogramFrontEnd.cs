using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Spectrograms as patches of frames and bins, in order of time, then of frequency. Gong et al. 2021, AST, https://arxiv.org/abs/2104.01778, without overlap.</summary>
public sealed class SpectrogramFrontEnd : FrontEnd
{
    private readonly ConvolutionShapedLinear _embed;
    private readonly int _frames, _bins, _columns;

    /// <summary>Makes the layer.</summary>
    /// <param name="shape">Spectrograms.</param>
    /// <param name="frames">Frames of a patch; a sample is filled up with zeros to a whole number.</param>
    /// <param name="bins">Bins of a patch; divides those of a frame.</param>
    /// <param name="width">Width of a token.</param>
    /// <param name="positions">Kind of positions.</param>
    /// <exception cref="ShapeException">A frame is not a whole number of patches.</exception>
    public SpectrogramFrontEnd(AudioShape shape, int frames, int bins, int width, PositionKind positions)
        : base(Modality.Audio, width, positions, TokenPlaces.Of(shape, frames, bins))
    {
        (_frames, _bins, _columns) = (frames, bins, shape.Bins / bins);
        _embed = Child("patch_embed", new ConvolutionShapedLinear([1, frames, bins], width));
    }

    /// <inheritdoc/>
    public override int Values => _frames * _bins;

    private protected override FrontEndTokens Embed(BatchField field)
    {
        var whole = TokenMasks.Whole(field.Values, _frames);
        var patches = SpectrogramPatches.Split(whole, _frames, _bins);
        return new(_embed.Forward(patches), TokenMasks.Real(field, patches.Size(1), _frames, _columns), patches);
    }
}
