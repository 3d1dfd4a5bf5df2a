using System.Runtime.CompilerServices;

namespace Selfsame.Torch;

/// <summary>Checks of hyper-parameters; each returns its value, or names it and its range.</summary>
internal static class Numbers
{
    internal static double AtLeastZero(double value, [CallerMemberName] string name = "") =>
        value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "expected a finite number of at least 0");

    internal static double AboveZero(double value, [CallerMemberName] string name = "") =>
        value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "expected a finite number above 0");

    /// <summary>A share that an average keeps: 0 to below 1.</summary>
    internal static double Share(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, "expected a number from 0 to below 1");
}
