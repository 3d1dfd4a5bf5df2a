using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>A two-dimensional map of embeddings with small pictures: t-SNE beside principal components.</summary>
public static class EmbeddingMap
{
    /// <summary>Most samples on the map; of more, this many are taken evenly.</summary>
    public const int MostSamples = 1200;

    private const int PictureSide = 32, Components = 50, MostValues = 64;

    /// <summary>Draws the map of a model, and finds neighbours among its samples.</summary>
    /// <param name="source">Samples.</param>
    /// <param name="objective">The model, in evaluation mode.</param>
    /// <param name="sheets">Takes the pictures.</param>
    /// <param name="cancellation">Stops between batches and iterations.</param>
    /// <returns>The map, and the features behind it, (N, D), which the caller frees.</returns>
    public static (MapFigure Map, Tensor Features) Draw(FigureSource source, Objective objective, SheetBuilder sheets, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(sheets);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var (samples, total) = source.Choose(MostSamples);
        var features = source.Features(objective);
        var (height, width) = (Math.Min(PictureSide, source.Shape.Height), Math.Min(PictureSide, source.Shape.Width));
        var pixels = source.Shape.Channels * height * width;
        // One pass over the samples: features and small pictures side by side.
        using var table = source.Read(samples, batch => Ops.Cat([features(batch), batch[Modality.Image].AdaptiveAvgPool2d([height, width]).Flatten(1)], 1), cancellation);
        var (count, wide) = (table.Indices.Length, table.Values.Size(1) - pixels);
        if (count < 4)
            throw new FigureException($"a map needs at least 4 samples that can be read; there are {count}");
        var vectors = table.Values.Narrow(1, 0, wide);
        if (!vectors.Isfinite().All().ToArray<bool>()[0])
            throw new FigureException("features hold NaN or infinity");
        vectors = Scale(vectors, source.Settings.Features.Scaling);
        var pictures = source.ToPixels(table.Values.Narrow(1, wide, pixels).Reshape([count, source.Shape.Channels, height, width]));
        var map = new MapFigure
        {
            Sheet = sheets.Add("map", pictures, (int)Math.Ceiling(Math.Sqrt(count))),
            Keys = [.. table.Indices.Select(source.Title)],
            Total = total,
            Layouts = Layouts(vectors, source.Seed, cancellation),
            Columns = Columns(source, table.Indices),
        };
        return (map, scope.MoveOut(vectors.Clone()));
    }

    /// <summary>Places of features on a plane: t-SNE of their first 50 principal components, and the first two of them.</summary>
    /// <param name="features">(N, D), N at least 4.</param>
    /// <param name="seed">Seed of the randomised components of big matrices.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    public static IReadOnlyList<MapLayout> Layouts(Tensor features, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        using var scope = Scope.Enter();
        using var components = PrincipalComponents.Fit(features, Components, seed);
        if (components.Count < 2)
            throw new FigureException("the features vary in fewer than two directions");
        var projected = components.Project(features);
        var start = projected.Narrow(1, 0, 2).To(DType.Float64).Contiguous().ToArray<double>();
        var settings = new TSneSettings();
        var near = TSne.Embed(projected.To(DType.Float64).Contiguous().ToArray<double>(), start, settings, cancellation);
        var shares = components.Variances.Select(variance => components.TotalVariance > 0 ? 100 * variance / components.TotalVariance : 0).ToArray();
        return
        [
            Layout("t-SNE", FormattableString.Invariant($"Exact t-SNE of the first {components.Count} principal components, perplexity {Math.Min(settings.Perplexity, (features.Size(0) - 1) / 3.0):0.#}. Neighbours mean something; distances between groups, sizes of groups and directions do not."), near),
            Layout("PCA", FormattableString.Invariant($"The two directions of greatest variance; they carry {shares[0]:0.0} % and {shares[1]:0.0} % of it. Distances mean something, as far as these two directions go."), start),
        ];
    }

    private static MapLayout Layout(string name, string note, double[] places)
    {
        var (x, y) = (new float[places.Length / 2], new float[places.Length / 2]);
        var largest = 0.0;
        foreach (var place in places)
            largest = Math.Max(largest, Math.Abs(place));
        // Four digits are finer than a screen.
        for (var k = 0; k < x.Length; k++)
            (x[k], y[k]) = (Rounded(places[2 * k]), Rounded(places[(2 * k) + 1]));
        return new MapLayout(name, note, x, y);

        float Rounded(double place) => (float)Math.Round(largest > 0 ? place / largest : 0, 4);
    }

    private static Tensor Scale(Tensor vectors, FeatureScaling scaling)
    {
        if (scaling == FeatureScaling.None)
            return vectors;
        var centred = vectors - vectors.Mean(0, keepDim: true);
        return scaling == FeatureScaling.Standardize ? centred / centred.Variance(0, correction: 0, keepDim: true).Sqrt().ClampMin(1e-6) : centred;
    }

    private static List<MapColumn> Columns(FigureSource source, int[] samples)
    {
        var columns = new List<MapColumn>();
        foreach (var name in source.Data.Columns.OrderBy(column => column == source.LabelColumn ? 0 : 1))
        {
            var labels = source.Data.Labels(name);
            var counts = samples.Select(sample => labels[sample]).Where(value => value >= 0).CountBy(value => value)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => pair.Key).ToArray();
            if (counts.Length is < 2 or > MostValues)
                continue;
            var place = counts.Select((value, at) => (value, at)).ToDictionary(pair => pair.value, pair => pair.at);
            columns.Add(new MapColumn(name, [.. counts.Select(value => labels.Names[value])], [.. samples.Select(sample => place.GetValueOrDefault(labels[sample], -1))]));
        }

        return columns;
    }
}
