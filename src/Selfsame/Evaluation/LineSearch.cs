namespace Selfsame.Evaluation;

/// <summary>A convex function of one number, at one place.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Slope">First derivative.</param>
/// <param name="Bend">Second derivative, not negative.</param>
internal readonly record struct LinePoint(double Value, double Slope, double Bend);

/// <summary>Finds how far to go along a direction in which a convex function falls.</summary>
internal static class LineSearch
{
    private const int MostTries = 30;

    // Trials cost next to nothing beside the gradient at the accepted point, so the search is nearly exact.
    private const double SlopeShare = 0.1;

    // Armijo's condition, relaxed by the rounding of the value near the minimum.
    private const double Decrease = 1e-4;
    private const double Rounding = 1e-13;

    /// <summary>Newton's method on the slope inside a shrinking bracket, until the strong Wolfe conditions hold.</summary>
    /// <param name="start">The function at 0, with a negative slope.</param>
    /// <param name="at">The function elsewhere.</param>
    /// <returns>Where to go and the function there; null when no place within the tries is better than the start.</returns>
    internal static (double Length, LinePoint Point)? Find(LinePoint start, Func<double, LinePoint> at)
    {
        double low = 0, high = double.PositiveInfinity, length = 1;
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var point = at(length);
            var falls = point.Value <= start.Value + (Decrease * length * start.Slope) + (Rounding * Math.Abs(start.Value));
            if (falls && Math.Abs(point.Slope) <= SlopeShare * -start.Slope)
                return (length, point);
            if (point.Slope < 0 && falls)
                low = length;
            else
                high = length;

            var newton = length - (point.Slope / point.Bend);
            if (!(newton > low && newton < high))
                newton = double.IsInfinity(high) ? length * 4 : (low + high) / 2;
            length = newton;
        }

        return null;
    }
}
