namespace Selfsame.Training.Schedules;

/// <summary>The two curves that nearly all published schedules are made of, and the checks of their lengths.</summary>
internal static class Curve
{
    /// <summary>Half a cosine wave from <paramref name="start"/> (fraction 0) to <paramref name="end"/> (fraction 1). Not clamped: beyond 1 it swings back.</summary>
    internal static double Cosine(double start, double end, double fraction) => end + (0.5 * (start - end) * (1 + Math.Cos(Math.PI * fraction)));

    /// <summary>A straight line, not clamped.</summary>
    internal static double Linear(double start, double end, double fraction) => end - ((end - start) * (1 - fraction));

    /// <summary>A length of at least 0.</summary>
    internal static double NotNegative(double length, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length, name);
        return length;
    }

    /// <summary>A length of more than 0.</summary>
    internal static double Positive(double length, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length, name);
        return length;
    }

    /// <summary>A total that leaves something after the warm-up.</summary>
    internal static double Beyond(double warmup, double total, string name) => total > warmup
        ? total
        : throw new ArgumentOutOfRangeException(name, total, FormattableString.Invariant($"the whole schedule must be longer than its warm-up of {warmup}"));
}
