namespace Selfsame.Evaluation.Gallery;

/// <summary>Settings of a t-SNE map.</summary>
public sealed record TSneSettings
{
    /// <summary>Effective number of neighbours that keep together; lowered to a third of the points where there are few. Default 30.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Iterations in all. Default 500.</summary>
    public int Iterations { get; init; } = 500;

    /// <summary>Iterations at the start with exaggerated probabilities and momentum 0.5 (0.8 afterwards). Default 250.</summary>
    public int Exaggerated { get; init; } = 250;

    /// <summary>By what probabilities are multiplied at the start. Default 12.</summary>
    public double Exaggeration { get; init; } = 12;

    /// <summary>Learning rate; null (default) takes points / exaggeration / 4, at least 50 (Belkina et al. 2019, https://doi.org/10.1038/s41467-019-13055-y).</summary>
    public double? Rate { get; init; }
}

/// <summary>Maps rows onto a plane so that neighbours stay neighbours. Exact t-SNE: quadratic in the number of points, so meant for a few thousand.</summary>
/// <remarks>van der Maaten and Hinton 2008, JMLR 9, pages 2579-2605. Nothing is random: the start is the given one, usually principal components.</remarks>
public static class TSne
{
    /// <summary>Most points that <see cref="Embed"/> takes: the pairs of 4,000 fill 128 MB, twice.</summary>
    public const int MostPoints = 4000;

    /// <summary>Embeds points.</summary>
    /// <param name="points">(N, D), row-major; some tens of columns.</param>
    /// <param name="start">(N, 2): only its shape matters, it is scaled to a deviation of 1e-4 along the first axis.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <returns>(N, 2), centred.</returns>
    /// <exception cref="ArgumentException">There are fewer than 4 or more than <see cref="MostPoints"/> points.</exception>
    public static double[] Embed(ReadOnlySpan<double> points, ReadOnlySpan<double> start, TSneSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var count = start.Length / 2;
        if (count is < 4 or > MostPoints)
            throw new ArgumentException($"{count} points are given; exact t-SNE takes 4 to {MostPoints}. Take a sample of them.", nameof(start));
        var perplexity = Math.Min(settings.Perplexity, (count - 1) / 3.0);
        var joint = TSneAffinities.Joint(TSneAffinities.Conditional(TSneAffinities.Distances(points, count), count, perplexity), count);
        var descent = new TSneDescent(joint, Scaled(start));
        var rate = settings.Rate ?? Math.Max(50, count / settings.Exaggeration / 4);
        for (var step = 0; step < settings.Iterations; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var early = step < settings.Exaggerated;
            descent.Step(rate, early ? 0.5 : 0.8, early ? settings.Exaggeration : 1);
        }

        return Centred(descent.Embedding());
    }

    private static double[] Scaled(ReadOnlySpan<double> start)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var k = 0; k < start.Length; k += 2)
            (sum, squares) = (sum + start[k], squares + (start[k] * start[k]));
        var count = start.Length / 2;
        var deviation = Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count))));
        var scale = deviation > 0 ? 1e-4 / deviation : 1;
        var scaled = new double[start.Length];
        for (var k = 0; k < scaled.Length; k++)
            scaled[k] = start[k] * scale;
        return scaled;
    }

    private static double[] Centred(double[] places)
    {
        for (var axis = 0; axis < 2; axis++)
        {
            var mean = 0.0;
            for (var k = axis; k < places.Length; k += 2)
                mean += places[k];
            mean /= places.Length / 2;
            for (var k = axis; k < places.Length; k += 2)
                places[k] -= mean;
        }

        return places;
    }
}
