using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Films as tubes: a patch through several frames, in order of time, row and column. Tong et al. 2022, VideoMAE, https://arxiv.org/abs/2203.12602.</summary>
public sealed class VideoFrontEnd : FrontEnd
{
    private readonly ConvolutionShapedLinear _embed;
    private readonly VideoShape _shape;
    private readonly int _tubelet, _patch;

    /// <summary>Makes the layer.</summary>
    /// <exception cref="ShapeException">The film is not a whole number of tubes.</exception>
    public VideoFrontEnd(VideoShape shape, int tubelet, int patch, int width, PositionKind positions)
        : base(Modality.Video, width, positions, TokenPlaces.Of(shape, tubelet, patch))
    {
        (_shape, _tubelet, _patch) = (shape, tubelet, patch);
        _embed = Child("patch_embed", new ConvolutionShapedLinear([shape.Channels, tubelet, patch, patch], width));
    }

    /// <inheritdoc/>
    public override int Values => _shape.Channels * _tubelet * _patch * _patch;

    /// <summary>Cuts films into tubes.</summary>
    /// <param name="video">(B, C, frames, H, W).</param>
    /// <param name="tubelet">Frames of a tube; divides those of the film.</param>
    /// <param name="side">Side of a patch; divides H and W.</param>
    /// <param name="order">Order of the values: channel first, or frame, row, column, channel as VideoMAE's target.</param>
    /// <returns>(B, N, tubelet · side · side · C).</returns>
    public static Tensor Split(Tensor video, int tubelet, int side, PatchOrder order)
    {
        ArgumentNullException.ThrowIfNull(video);
        var (batch, channels, frames, height, width) = (video.Size(0), video.Size(1), video.Size(2), video.Size(3), video.Size(4));
        var cells = video.Reshape([batch, channels, frames / tubelet, tubelet, height / side, side, width / side, side]);
        var ordered = order == PatchOrder.ChannelFirst ? cells.Permute([0, 2, 4, 6, 1, 3, 5, 7]) : cells.Permute([0, 2, 4, 6, 3, 5, 7, 1]);
        return ordered.Reshape([batch, frames / tubelet * (height / side) * (width / side), channels * tubelet * side * side]);
    }

    /// <summary>Puts tubes of channel-first values back together.</summary>
    /// <param name="tubes">(B, N, C · tubelet · side · side).</param>
    /// <param name="shape">The film.</param>
    /// <param name="tubelet">Frames of a tube.</param>
    /// <param name="side">Side of a patch.</param>
    /// <returns>(B, C, frames, H, W).</returns>
    public static Tensor Join(Tensor tubes, VideoShape shape, int tubelet, int side)
    {
        ArgumentNullException.ThrowIfNull(tubes);
        ArgumentNullException.ThrowIfNull(shape);
        long[] cells = [tubes.Size(0), shape.Frames / tubelet, shape.Height / side, shape.Width / side, shape.Channels, tubelet, side, side];
        return tubes.Reshape(cells).Permute([0, 4, 1, 5, 2, 6, 3, 7]).Reshape([tubes.Size(0), shape.Channels, shape.Frames, shape.Height, shape.Width]);
    }

    private protected override FrontEndTokens Embed(BatchField field)
    {
        var tokens = _embed.Forward(Split(field.Values, _tubelet, _patch, PatchOrder.ChannelFirst));
        return new(tokens, TokenMasks.Real(field, tokens.Size(1), 1), Split(field.Values, _tubelet, _patch, PatchOrder.ChannelLast));
    }
}
