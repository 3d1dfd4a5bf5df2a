using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Order of the values inside a patch vector.</summary>
public enum PatchOrder
{
    /// <summary>Channel, row, column: the order of a convolution's weight, and of Self-Flow's tokens.</summary>
    ChannelFirst,

    /// <summary>Row, column, channel: MAE's target, and the output of DiT's last layer.</summary>
    ChannelLast,
}

/// <summary>Pictures to patch vectors and back. Patches are row-major over the grid.</summary>
public static class Patches
{
    /// <summary>Cuts pictures into patch vectors.</summary>
    /// <param name="image">(B, C, H, W).</param>
    /// <param name="side">Side of a patch; divides H and W.</param>
    /// <param name="order">Order of the values in a vector.</param>
    /// <returns>(B, H/side · W/side, side · side · C).</returns>
    /// <exception cref="ShapeException">Height or width is not a whole number of patches.</exception>
    public static Tensor Split(Tensor image, int side, PatchOrder order = PatchOrder.ChannelLast)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (batch, channels, height, width) = (image.Size(0), image.Size(1), image.Size(2), image.Size(3));
        RequireWhole(height, width, side);
        var cells = image.Reshape([batch, channels, height / side, side, width / side, side]);
        var ordered = order == PatchOrder.ChannelLast ? cells.Permute([0, 2, 4, 3, 5, 1]) : cells.Permute([0, 2, 4, 1, 3, 5]);
        return ordered.Reshape([batch, height / side * (width / side), side * side * channels]);
    }

    /// <summary>Puts patch vectors back together.</summary>
    /// <param name="patches">(B, rows · columns, side · side · C).</param>
    /// <param name="side">Side of a patch.</param>
    /// <param name="rows">Rows of the grid; columns follow.</param>
    /// <param name="order">Order of the values in a vector.</param>
    /// <returns>(B, C, rows · side, columns · side).</returns>
    public static Tensor Join(Tensor patches, int side, int rows, PatchOrder order = PatchOrder.ChannelLast)
    {
        ArgumentNullException.ThrowIfNull(patches);
        var (batch, count) = (patches.Size(0), patches.Size(1));
        var (columns, channels) = (count / rows, patches.Size(2) / (side * side));
        var ordered = order == PatchOrder.ChannelLast
            ? patches.Reshape([batch, rows, columns, side, side, channels]).Permute([0, 5, 1, 3, 2, 4])
            : patches.Reshape([batch, rows, columns, channels, side, side]).Permute([0, 3, 1, 4, 2, 5]);
        return ordered.Reshape([batch, channels, (long)rows * side, columns * side]);
    }

    /// <summary>Picks some patches of each sample.</summary>
    /// <param name="patches">(B, N, V).</param>
    /// <param name="kept">Indices, (B, K), int64.</param>
    /// <returns>(B, K, V), in the order of the indices.</returns>
    public static Tensor Take(Tensor patches, Tensor kept)
    {
        ArgumentNullException.ThrowIfNull(patches);
        ArgumentNullException.ThrowIfNull(kept);
        return patches.Gather(1, kept.Unsqueeze(-1).Expand([-1, -1, patches.Size(-1)]));
    }

    /// <summary>Reorders patch vectors of (side, side, C) into (C, side, side).</summary>
    public static Tensor ToChannelFirst(Tensor patches, int side)
    {
        ArgumentNullException.ThrowIfNull(patches);
        var (batch, count, values) = (patches.Size(0), patches.Size(1), patches.Size(2));
        return patches.Reshape([batch, count, side, side, values / (side * side)]).Permute([0, 1, 4, 2, 3]).Reshape([batch, count, values]);
    }

    internal static void RequireWhole(long height, long width, int side)
    {
        if (height % side == 0 && width % side == 0)
            return;
        throw new ShapeException(
            $"Image is {height} x {width}; patches of side {side} need both to be multiples of {side}. "
            + $"Crop or resize to {Math.Max(side, height / side * side)} x {Math.Max(side, width / side * side)}.");
    }
}
