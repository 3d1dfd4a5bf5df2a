using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>How a position table is fitted to another grid; half-pixel centres in all.</summary>
public enum PositionResampling
{
    /// <summary>Cubic convolution with a = -0.75, borders clamped, no antialias: MAE, BEiT, Hugging Face.</summary>
    Bicubic,

    /// <summary>Linear in both directions, no antialias: timm up to 0.4.12.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5 whose kernel widens where the grid shrinks: timm from 0.9 on.</summary>
    BicubicAntialiased,
}

/// <summary>Fixed position tables and their resampling.</summary>
public static class Positions
{
    /// <summary>2-D sine-cosine table of MAE: the first half of the channels tells the column, the second the row; each half all sines, then all cosines.</summary>
    /// <remarks>He et al. 2021, https://arxiv.org/abs/2111.06377, official code. Frequencies 10000^(-k/(D/4)); computed in double.</remarks>
    /// <param name="width">Channels D, a multiple of 4.</param>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <param name="prefix">Rows of zeros put in front, for class and register tokens.</param>
    /// <returns>(1, prefix + rows · columns, D), float32.</returns>
    /// <exception cref="ShapeException">The width is not a multiple of 4.</exception>
    public static Tensor SinCos(int width, int rows, int columns, int prefix = 0)
    {
        if (width % 4 != 0)
            throw new ShapeException($"A 2-D sine-cosine table needs a width that is a multiple of 4, not {width}.");
        var quarter = width / 4;
        var table = new float[(prefix + (rows * columns)) * width];
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                var row = table.AsSpan((prefix + (y * columns) + x) * width, width);
                for (var k = 0; k < quarter; k++)
                {
                    var frequency = Math.Pow(10000, -(double)k / quarter);
                    row[k] = (float)Math.Sin(x * frequency);
                    row[quarter + k] = (float)Math.Cos(x * frequency);
                    row[(2 * quarter) + k] = (float)Math.Sin(y * frequency);
                    row[(3 * quarter) + k] = (float)Math.Cos(y * frequency);
                }
            }
        }

        return Tensor.From<float>(table, [1, prefix + (rows * columns), width]);
    }

    /// <summary>Sine-cosine table over any number of axes: each axis has its own share of the channels, all sines, then all cosines; channels that are left over are 0.</summary>
    /// <remarks>Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5, with frequencies 10000^(-k/n) for the n of an axis.</remarks>
    /// <param name="width">Channels D, at least 2 for each axis.</param>
    /// <param name="coordinates">Position of each token on each axis, (tokens, axes).</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <returns>(1, tokens, D).</returns>
    /// <exception cref="ShapeException">There are fewer than two channels for an axis.</exception>
    public static Tensor SinCos(int width, ReadOnlySpan<float> coordinates, int tokens)
    {
        var axes = coordinates.Length / tokens;
        var count = width / axes / 2;
        if (count < 1)
            throw new ShapeException($"A sine-cosine table over {axes} axes needs a width of at least {2 * axes}, not {width}.");
        var table = new float[tokens * width];
        for (var n = 0; n < tokens; n++)
        {
            for (var a = 0; a < axes; a++)
            {
                var share = table.AsSpan((n * width) + (2 * a * count), 2 * count);
                for (var k = 0; k < count; k++)
                {
                    var angle = coordinates[(n * axes) + a] * Math.Pow(10000, -(double)k / count);
                    share[k] = (float)Math.Sin(angle);
                    share[count + k] = (float)Math.Cos(angle);
                }
            }
        }

        return Tensor.From<float>(table, [1, tokens, width]);
    }

    /// <summary>Fits a learned table to another grid; prefix rows are copied.</summary>
    /// <param name="table">(1, prefix + G · G, D).</param>
    /// <param name="prefix">Rows in front that belong to no grid cell.</param>
    /// <param name="rows">Rows of the new grid.</param>
    /// <param name="columns">Columns of the new grid.</param>
    /// <param name="oldRows">Rows of the old grid; 0 takes it as square.</param>
    /// <param name="kind">Interpolation.</param>
    /// <param name="offset">Added to the new sizes in the scale factors, 0.1 in DINO and DINOv2; places then lie a little further in. 0 is the plain size.</param>
    /// <returns>(1, prefix + rows · columns, D).</returns>
    /// <exception cref="ShapeException">The old grid is not a rectangle of the given rows.</exception>
    public static Tensor Resample(Tensor table, int prefix, int rows, int columns, int oldRows = 0, PositionResampling kind = PositionResampling.Bicubic, double offset = 0)
    {
        ArgumentNullException.ThrowIfNull(table);
        var cells = table.Size(1) - prefix;
        var height = oldRows > 0 ? oldRows : (long)Math.Round(Math.Sqrt(cells));
        if (cells <= 0 || cells % height != 0 || (oldRows == 0 && height * height != cells))
            throw new ShapeException($"A position table of {table.Size(1)} rows, {prefix} of them prefix, is not a {(oldRows > 0 ? $"grid of {oldRows} rows" : "square grid")}.");
        if (height == rows && cells / height == columns)
            return table;
        var grid = table.Narrow(1, prefix, cells).Reshape([1, height, cells / height, -1]).Permute([0, 3, 1, 2]);
        double? down = offset == 0 ? null : (rows + offset) / height, across = offset == 0 ? null : (columns + offset) / (cells / height);
        var fitted = kind switch
        {
            PositionResampling.Bicubic => grid.UpsampleBicubic2d([rows, columns], alignCorners: false, down, across),
            PositionResampling.BicubicAntialiased => grid.UpsampleBicubic2dAntialiased([rows, columns], alignCorners: false, down, across),
            PositionResampling.Bilinear => grid.UpsampleBilinear2d([rows, columns], alignCorners: false, down, across),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "known: " + string.Join(", ", Enum.GetNames<PositionResampling>())),
        };
        var resized = fitted.Permute([0, 2, 3, 1]).Reshape([1, (long)rows * columns, -1]);
        return prefix == 0 ? resized : Ops.Cat([table.Narrow(1, 0, prefix), resized], 1);
    }
}

/// <summary>Rotary positions on any number of axes. Su et al. 2021, https://arxiv.org/abs/2104.09864, equation 34, with each axis on its own share of channels.</summary>
public sealed class RotaryPositions : Module
{
    private readonly Tensor _cos, _sin;

    /// <summary>Makes the angles.</summary>
    /// <param name="coordinates">Position of each token on each axis, (tokens, axes).</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="headWidth">Channels of a head; an axis takes headWidth / axes of them, which must be even.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <exception cref="ShapeException">The head width can't be shared between the axes.</exception>
    public RotaryPositions(ReadOnlySpan<float> coordinates, int tokens, int headWidth, double theta = 10000)
    {
        var axes = coordinates.Length / tokens;
        var share = headWidth / axes;
        if (share * axes != headWidth || share % 2 != 0)
            throw new ShapeException($"A head of width {headWidth} can't be shared by {axes} rotary axes: each needs an even number of channels.");
        var cos = new float[tokens * headWidth];
        var sin = new float[tokens * headWidth];
        for (var n = 0; n < tokens; n++)
        {
            for (var a = 0; a < axes; a++)
            {
                for (var k = 0; k < share / 2; k++)
                {
                    var angle = coordinates[(n * axes) + a] * Math.Pow(theta, -2.0 * k / share);
                    var at = (n * headWidth) + (a * share) + (2 * k);
                    cos[at] = cos[at + 1] = (float)Math.Cos(angle);
                    sin[at] = sin[at + 1] = (float)Math.Sin(angle);
                }
            }
        }

        _cos = Constant(Tensor.From<float>(cos, [tokens, headWidth]));
        _sin = Constant(Tensor.From<float>(sin, [tokens, headWidth]));
    }

    /// <summary>Rotates neighbouring pairs of channels.</summary>
    /// <param name="x">Queries or keys, (B, heads, N, head width).</param>
    /// <param name="places">Which place each token has, (B, N), int64; null when all tokens are there in order.</param>
    /// <returns>Same shape.</returns>
    public Tensor Rotate(Tensor x, Tensor? places = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (cos, sin) = (_cos, _sin);
        if (places is not null)
        {
            long[] each = [places.Size(0), 1, places.Size(1), -1];
            var flat = places.Reshape([-1]);
            (cos, sin) = (_cos.IndexSelect(0, flat).View(each), _sin.IndexSelect(0, flat).View(each));
        }

        var shape = x.Shape;
        var pairs = x.Reshape([shape[0], shape[1], shape[2], shape[3] / 2, 2]).Unbind(-1);
        var turned = Ops.Stack([-pairs[1], pairs[0]], -1).Reshape(shape);
        return (x * cos.To(x.DType)) + (turned * sin.To(x.DType));
    }
}
