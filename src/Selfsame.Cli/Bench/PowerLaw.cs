namespace Selfsame.Cli.Bench;

/// <summary>Fits y = c · x^k.</summary>
internal static class PowerLaw
{
    /// <summary>The exponent k, by least squares on the logarithms.</summary>
    /// <param name="points">At least two different x; all x and y above 0.</param>
    /// <exception cref="ArgumentException">The points do not determine an exponent.</exception>
    public static double Exponent(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Any(point => point is not { X: > 0, Y: > 0 }) || points.Select(point => point.X).Distinct().Count() < 2)
            throw new ArgumentException("an exponent needs at least two different places, and numbers above 0", nameof(points));
        var (x, y) = (points.Average(point => Math.Log(point.X)), points.Average(point => Math.Log(point.Y)));
        var (covariance, variance) = (0.0, 0.0);
        foreach (var point in points)
        {
            var distance = Math.Log(point.X) - x;
            covariance += distance * (Math.Log(point.Y) - y);
            variance += distance * distance;
        }

        return covariance / variance;
    }
}
