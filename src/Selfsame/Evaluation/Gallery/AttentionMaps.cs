using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Where a model looks: for each head, how much attention every patch gets from the class token, or from all patches where there is none.</summary>
/// <remarks>As Caron et al. 2021, https://arxiv.org/abs/2104.14294, figure 1, for the class token.</remarks>
public static class AttentionMaps
{
    private const int MostHeads = 12;
    private const double PictureShare = 0.25;

    /// <summary>Draws a table: picture, mean over heads, each head.</summary>
    /// <param name="source">Samples.</param>
    /// <param name="objective">The model, in evaluation mode.</param>
    /// <param name="sheets">Takes the pictures.</param>
    /// <param name="count">Samples.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The table; null when the model's features do not come from attention.</returns>
    public static PictureTable? Draw(FigureSource source, Objective objective, SheetBuilder sheets, int count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(sheets);
        if (objective.Features(source.Settings.Features.Averaged) is not IAttentionExtractor extractor)
            return null;
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var (pictures, samples) = source.Pictures(source.Varied(count), cancellation);
        var block = source.Layers(objective) is [.., var last] ? last : extractor.Layers;
        var given = Given(extractor.Attention(new Batch(pictures), block).To(DType.Float32), extractor.Prefix);  // (B, heads, N)
        if (!given.Isfinite().All().ToArray<bool>()[0])
            throw new FigureException("attention holds NaN or infinity");
        var heads = (int)Math.Min(MostHeads, given.Size(1));
        var pixels = source.ToPixels(pictures).Expand([-1, 3, -1, -1]);
        var columns = new List<(string, Tensor)> { ("Picture", pixels), ("Mean", Overlay(given.Mean(1, keepDim: true), extractor.Grid, pixels)) };
        for (var head = 0; head < heads; head++)
            columns.Add((FormattableString.Invariant($"Head {head + 1}"), Overlay(given.Narrow(1, head, 1), extractor.Grid, pixels)));
        var (sheet, headings) = sheets.AddTable("attention", columns);
        var whose = extractor.Prefix > 0 ? "the class token" : "all patches together";
        return new PictureTable
        {
            Name = "attention",
            Title = "Where the model looks",
            Lead = $"Attention that patches get from {whose} in block {block} of {extractor.Layers}; bright is much, each picture on its own scale."
                + (given.Size(1) > heads ? $" The first {heads} of {given.Size(1)} heads." : ""),
            Sheet = sheet,
            Columns = headings,
            Rows = [.. samples.Select(source.Title)],
        };
    }

    /// <summary>Attention that each patch gets.</summary>
    /// <param name="weights">(B, heads, prefix + N, prefix + N); rows sum to one.</param>
    /// <param name="prefix">Tokens in front of the patches; the first is the class token.</param>
    /// <returns>(B, heads, N): from the class token, or the mean over the patches without one.</returns>
    public static Tensor Given(Tensor weights, int prefix)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var patches = weights.Narrow(3, prefix, weights.Size(3) - prefix);
        return prefix > 0 ? patches.Select(2, 0) : patches.Mean([2], keepdim: false);
    }

    private static Tensor Overlay(Tensor given, (int Rows, int Columns) grid, Tensor pixels)
    {
        var heat = HeatColours.Of(given.Reshape([given.Size(0), 1, grid.Rows, grid.Columns]).UpsampleBilinear2d([pixels.Size(2), pixels.Size(3)], false));
        return (heat * (1 - PictureShare)) + (pixels.Mean(1, keepDim: true) * PictureShare);
    }
}
