using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Splits pictures into bands of detail, each half the size of the one before. Burt and Adelson 1983.</summary>
/// <remarks>5 x 5 binomial filter, mirrored at the borders without repeating the edge pixel, as in the code of Karras et al. 2017, https://arxiv.org/abs/1710.10196.</remarks>
public static class LaplacianPyramid
{
    /// <summary>Smallest side of a level in Karras et al.</summary>
    public const int SmallestSide = 16;

    private static readonly float[] Binomial = [1, 4, 6, 4, 1];

    /// <summary>Number of levels: the side is halved while the half is at least <see cref="SmallestSide"/>.</summary>
    /// <param name="side">The shorter side of the pictures in pixels.</param>
    public static int LevelCount(long side)
    {
        var count = 1;
        for (; side / 2 >= SmallestSide; side /= 2)
            count++;
        return count;
    }

    /// <summary>Builds a pyramid.</summary>
    /// <param name="pictures">(N, C, height, width), float32 or float64.</param>
    /// <param name="levels">Number of levels, at least 1.</param>
    /// <returns>The finest detail first; the last is what remains, low-passed. Adding each, enlarged, to the next finer gives the pictures back.</returns>
    /// <exception cref="ShapeException">A side cannot be halved so often.</exception>
    public static Tensor[] Build(Tensor pictures, int levels)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        var divisor = 1L << (levels - 1);
        if (pictures.Dimensions != 4 || pictures.Size(2) % divisor != 0 || pictures.Size(3) % divisor != 0 || Math.Min(pictures.Size(2), pictures.Size(3)) / divisor < 3)
            throw new ShapeException($"pictures are {pictures}; {levels} levels need (N, channels, height, width) with sides that are multiples of {divisor} and at least {3 * divisor}.");
        using var scope = Scope.Enter();
        var pyramid = new Tensor[levels];
        pyramid[0] = pictures.Share();
        for (var level = 1; level < levels; level++)
        {
            pyramid[level] = Shrink(pyramid[level - 1]);
            pyramid[level - 1] = pyramid[level - 1] - Enlarge(pyramid[level]);
        }

        foreach (var level in pyramid)
            scope.MoveOut(level);
        return pyramid;
    }

    /// <summary>Smooths and keeps every second pixel, from the first.</summary>
    /// <param name="pictures">(N, C, height, width).</param>
    public static Tensor Shrink(Tensor pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        using var scope = Scope.Enter();
        return scope.MoveOut(Smooth(pictures, 1).Slice(2, step: 2).Slice(3, step: 2).Contiguous());
    }

    /// <summary>Puts zeros between pixels and smooths with four times the filter.</summary>
    /// <param name="pictures">(N, C, height, width).</param>
    /// <returns>(N, C, 2 height, 2 width).</returns>
    public static Tensor Enlarge(Tensor pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        using var scope = Scope.Enter();
        var spread = Ops.Zeros([pictures.Size(0), pictures.Size(1), 2 * pictures.Size(2), 2 * pictures.Size(3)], pictures.DType, pictures.Device);
        spread.Slice(2, step: 2).Slice(3, step: 2).CopyFrom(pictures);
        return scope.MoveOut(Smooth(spread, 4));
    }

    private static Tensor Smooth(Tensor pictures, double gain)
    {
        var shape = pictures.Shape;
        var row = Tensor.From<float>(Binomial).To(pictures.Device, pictures.DType);
        var filter = row.Outer(row).View([1, 1, 5, 5]) * (gain / 256);
        // Every channel alone: filter (N * C) pictures of one channel.
        return pictures.Reshape([shape[0] * shape[1], 1, shape[2], shape[3]]).ReflectionPad2d([2, 2, 2, 2]).Conv2d(filter).View(shape);
    }
}
