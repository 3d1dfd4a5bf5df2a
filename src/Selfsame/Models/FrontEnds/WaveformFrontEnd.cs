using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Waveforms as frames that follow each other, each through one linear layer.</summary>
public sealed class WaveformFrontEnd : FrontEnd
{
    private readonly ConvolutionShapedLinear _embed;
    private readonly int _frame;

    /// <summary>Makes the layer.</summary>
    /// <param name="shape">Waveforms.</param>
    /// <param name="frame">Samples of a frame; a sound is filled up with zeros to a whole number.</param>
    /// <param name="width">Width of a token.</param>
    /// <param name="positions">Kind of positions.</param>
    public WaveformFrontEnd(AudioShape shape, int frame, int width, PositionKind positions)
        : base(Modality.Audio, width, positions, PlacesOf(shape, frame))
    {
        _frame = frame;
        _embed = Child("frame_embed", new ConvolutionShapedLinear([1, frame], width));
    }

    /// <inheritdoc/>
    public override int Values => _frame;

    private protected override FrontEndTokens Embed(BatchField field)
    {
        var whole = TokenMasks.Whole(field.Values, _frame);
        var frames = whole.Reshape([whole.Size(0), -1, _frame]);
        return new(_embed.Forward(frames), TokenMasks.Real(field, frames.Size(1), _frame), frames);
    }

    private static TokenPlace[] PlacesOf(AudioShape shape, int frame)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Bins > 0)
            throw new ShapeException($"Frames are cut from waveforms; the sound is a spectrogram of {shape.Bins} bins.");
        return TokenPlaces.InOrder((shape.MaxLength + frame - 1) / frame);
    }
}
