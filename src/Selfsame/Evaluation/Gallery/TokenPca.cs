using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Tokens as colours: patches that the model finds alike have a like colour, across pictures.</summary>
/// <remarks>
/// As Oquab et al. 2023, https://arxiv.org/abs/2304.07193, figure 1: a first component over the patches of all pictures parts foreground from background,
/// then the first three components of the foreground are red, green and blue. Which side is the foreground is told by the pictures' edges.
/// </remarks>
public static class TokenPca
{
    private const float Background = 235;

    /// <summary>Draws a table: picture, components of all tokens, components of the foreground.</summary>
    /// <param name="source">Samples.</param>
    /// <param name="objective">The model, in evaluation mode.</param>
    /// <param name="sheets">Takes the pictures.</param>
    /// <param name="count">Samples.</param>
    /// <param name="cancellation">Stops.</param>
    public static PictureTable Draw(FigureSource source, Objective objective, SheetBuilder sheets, int count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(sheets);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var (pictures, samples) = source.Pictures(source.Varied(count), cancellation);
        var extractor = objective.Features(source.Settings.Features.Averaged);
        var layer = source.Layers(objective) is [.., var last] ? last : extractor.Layers;
        var tokens = extractor.Extract(new Batch(pictures), layer)[layer - 1].To(DType.Float32);
        tokens = tokens.Narrow(1, extractor.Prefix, tokens.Size(1) - extractor.Prefix);
        var (whole, foreground) = Colours(tokens, extractor.Grid);
        long[] size = [pictures.Size(2), pictures.Size(3)];
        var (sheet, columns) = sheets.AddTable("tokens", [("Picture", source.ToPixels(pictures)), ("All patches", whole.UpsampleNearest2d(size)), ("Foreground", foreground.UpsampleNearest2d(size))]);
        return new PictureTable
        {
            Name = "tokens",
            Title = "What patches have in common",
            Lead = $"Tokens after block {layer} of {extractor.Layers}: the first three principal components as red, green and blue. Like colours are like features, across pictures. In the last column the first component has parted the foreground, and colours are the components of that alone.",
            Sheet = sheet,
            Columns = columns,
            Rows = [.. samples.Select(source.Title)],
        };
    }

    /// <summary>Colours of tokens.</summary>
    /// <param name="tokens">(B, N, D).</param>
    /// <param name="grid">Rows and columns of the grid, N in all.</param>
    /// <returns>All tokens, and the foreground on light grey, both (B, 3, rows, columns), 0..255.</returns>
    /// <exception cref="FigureException">The tokens are all alike, or not finite.</exception>
    public static (Tensor Whole, Tensor Foreground) Colours(Tensor tokens, (int Rows, int Columns) grid)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var (batch, count, width) = (tokens.Size(0), tokens.Size(1), tokens.Size(2));
        if (!tokens.Isfinite().All().ToArray<bool>()[0])
            throw new FigureException("tokens hold NaN or infinity");
        var rows = tokens.Reshape([batch * count, width]);
        using var all = PrincipalComponents.Fit(rows, 3);
        if (all.Count < 3 || !(all.Variances[0] > 0))
            throw new FigureException("the tokens of all pictures are alike");
        var projected = all.Project(rows);
        var first = projected.Narrow(1, 0, 1).ToArray<float>();
        var side = EdgeMean(first, grid, (int)batch) > 0 ? -1 : 1;
        var inside = Enumerable.Range(0, first.Length).Where(k => first[k] * side > 0).Select(k => (long)k).ToArray();
        var whole = Picture(Stretch(projected), batch, grid);
        var painted = Ops.Full([batch * count, 3], Background, DType.Float32);
        if (inside.Length > 3)
        {
            var index = Tensor.From<long>(inside);
            var chosen = rows.IndexSelect(0, index);
            using var inner = PrincipalComponents.Fit(chosen, 3);
            painted.ScatterInPlace(0, index.Unsqueeze(1).Expand([-1, 3]), Stretch(inner.Project(chosen)));
        }

        return (whole, Picture(painted, batch, grid));
    }

    // Backgrounds reach the edges of a picture more than things do.
    private static float EdgeMean(float[] values, (int Rows, int Columns) grid, int batch)
    {
        var (sum, count) = (0f, 0);
        for (var k = 0; k < values.Length; k++)
        {
            var (row, column) = (k / grid.Columns % grid.Rows, k % grid.Columns);
            if (row > 0 && row < grid.Rows - 1 && column > 0 && column < grid.Columns - 1)
                continue;
            (sum, count) = (sum + values[k], count + 1);
        }

        return batch == 0 ? 0 : sum / Math.Max(1, count);
    }

    private static Tensor Stretch(Tensor components)
    {
        var low = components.Amin([0], keepdim: true);
        return (components - low) / (components.Amax([0], keepdim: true) - low).ClampMin(1e-12) * 255.0;
    }

    private static Tensor Picture(Tensor colours, long batch, (int Rows, int Columns) grid) =>
        colours.View([batch, grid.Rows, grid.Columns, 3]).Permute([0, 3, 1, 2]).Contiguous();
}
