using Selfsame.Randomness;
using Selfsame.Recipes;

namespace Selfsame.Corruption;

/// <summary>Rectangles of a grid, one after the other until enough tokens are hidden; for pictures.</summary>
/// <remarks>Bao et al. 2021, https://arxiv.org/abs/2106.08254, algorithm 1, as in the official code: a rectangle as high or as wide as the grid is refused.</remarks>
public sealed record BlockMaskSettings : MaskSettings
{
    private const int Tries = 10;

    /// <summary>Share of tokens hidden, between 0 and 1, rounded to whole tokens. Default 0.6, data2vec's.</summary>
    [Limits(0, 1, "the share of tokens hidden", AboveMin = true, BelowMax = true)]
    public double Ratio { get; init; } = 0.6;

    /// <summary>Tokens of the smallest rectangle, at least 1. Default 16, for a grid of 14 x 14.</summary>
    [Limits(1, 1 << 20, "the number of tokens of the smallest rectangle")]
    public int MinBlock { get; init; } = 16;

    /// <summary>Tokens of the largest rectangle, at least 1. Null (default): as many as are to be hidden.</summary>
    [Limits(1, 1 << 20, "the number of tokens of the largest rectangle")]
    public int? MaxBlock { get; init; }

    /// <summary>Smallest height of a rectangle in multiples of its width; the largest is one over it. Between 0 and 1, default 0.3.</summary>
    [Limits(0, 1, "the smallest height of a rectangle over its width", AboveMin = true)]
    public double MinAspect { get; init; } = 0.3;

    /// <inheritdoc/>
    public override void Draw(IDraws draws, in MaskShape shape, Span<bool> hidden)
    {
        ArgumentNullException.ThrowIfNull(draws);
        hidden.Clear();
        var wanted = Math.Clamp((int)Math.Round(Ratio * shape.Tokens), 1, shape.Tokens - 1);
        for (var b = 0; b < shape.Samples; b++)
            Fill(draws, hidden.Slice(b * shape.Tokens, shape.Tokens), shape.Rows, shape.Columns, wanted);
    }

    /// <summary>Hides places of one grid.</summary>
    /// <param name="draws">Real draws <c>mask.area</c> and <c>mask.aspect</c>, whole ones <c>mask.top</c> and <c>mask.left</c>.</param>
    /// <param name="grid">Set to true where hidden; rows · columns places.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="wanted">Places to hide; fewer are hidden when no further rectangle fits.</param>
    /// <returns>Places hidden.</returns>
    public int Fill(IDraws draws, Span<bool> grid, int rows, int columns, int wanted)
    {
        ArgumentNullException.ThrowIfNull(draws);
        var count = 0;
        while (count < wanted)
        {
            var added = Add(draws, grid, rows, columns, Math.Min(wanted - count, MaxBlock ?? wanted));
            if (added == 0)
                break;
            count += added;
        }

        return count;
    }

    private int Add(IDraws draws, Span<bool> grid, int rows, int columns, int most)
    {
        var widest = -Math.Log(MinAspect);
        for (var k = 0; k < Tries; k++)
        {
            var area = MinBlock + ((most - MinBlock) * draws.Uniform("mask.area"));
            var aspect = Math.Exp(-widest + (2 * widest * draws.Uniform("mask.aspect")));
            var height = (int)Math.Round(Math.Sqrt(area * aspect));
            var width = (int)Math.Round(Math.Sqrt(area / aspect));
            if (height >= rows || width >= columns)
                continue;
            var top = draws.Integer("mask.top", rows - height + 1);
            var left = draws.Integer("mask.left", columns - width + 1);
            var fresh = 0;
            for (var y = top; y < top + height; y++)
            {
                for (var x = left; x < left + width; x++)
                    fresh += grid[(y * columns) + x] ? 0 : 1;
            }

            if (fresh == 0 || fresh > most)
                continue;
            for (var y = top; y < top + height; y++)
                grid.Slice((y * columns) + left, width).Fill(true);
            return fresh;
        }

        return 0;
    }
}
