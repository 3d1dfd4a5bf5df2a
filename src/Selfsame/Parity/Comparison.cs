using System.Globalization;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Parity;

/// <summary>Compares computed values with recorded ones, remembers the worst element and which tensors were looked at.</summary>
internal sealed class Comparison(SafetensorsFile file, double relativeTolerance, double absoluteTolerance)
{
    private static readonly string[] CheckedPrefixes = ["out/", "grad/", "next/"];

    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private WorstElement? _worst;

    internal WorstElement? Worst => _worst;

    /// <summary>What went wrong, in the order in which it did.</summary>
    internal IReadOnlyList<string> Faults => _faults;

    /// <summary>Compares one tensor.</summary>
    /// <param name="name">Full name.</param>
    /// <param name="count">Values computed.</param>
    /// <param name="shape">Shape of what was computed, as far as it is known.</param>
    /// <param name="actual">Values computed, as doubles.</param>
    /// <param name="exact">The same as whole numbers, where they are; compared with integer tensors without rounding.</param>
    internal void Compare(string name, int count, string shape, ReadOnlySpan<double> actual, ReadOnlySpan<long> exact)
    {
        if (!IsExpectation(name))
        {
            _faults.Add($"{name}: only out/, grad/ and next/ tensors are expectations");
            return;
        }
        if (!file.TryGet(name, out var entry))
        {
            _faults.Add($"{name}: the file has no such tensor");
            return;
        }
        _checked.Add(name);
        if (entry.ElementCount != count)
        {
            _faults.Add($"{name}: computed shape {shape}, expected {Tuple(entry.Shape)}");
            return;
        }
        if (entry.DType.IsFloatingPoint())
            CompareWithin(entry, file.ReadDoubles(name), actual);
        else
            CompareExactly(entry, file.ReadIntegers(name), actual, exact);
    }

    /// <summary>Recorded tensors that were never compared.</summary>
    internal IReadOnlyList<string> Unchecked() =>
        [.. file.Entries.Select(entry => entry.Name).Where(name => IsExpectation(name) && !_checked.Contains(name)).Order(StringComparer.Ordinal)];

    internal bool HasExpectations() => file.Entries.Any(entry => IsExpectation(entry.Name));

    private void CompareWithin(TensorEntry entry, double[] expected, ReadOnlySpan<double> actual)
    {
        var (worstUsed, worstAt, misses) = (-1.0, -1, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var used = ToleranceUsed(expected[i], actual[i]);
            if (used > 1)
                misses++;
            if (used > worstUsed)
                (worstUsed, worstAt) = (used, i);
        }
        if (worstAt < 0)
            return;
        Remember(entry, worstAt, expected[worstAt], actual[worstAt], worstUsed);
        if (misses > 0)
        {
            AddMisses(entry, misses, worstAt, string.Create(CultureInfo.InvariantCulture,
                $"expected {expected[worstAt]:R}, computed {actual[worstAt]:R}, {worstUsed:G3} times the tolerance"));
        }
    }

    private void CompareExactly(TensorEntry entry, long[] expected, ReadOnlySpan<double> actual, ReadOnlySpan<long> exact)
    {
        var (firstMiss, misses) = (-1, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            if (exact.IsEmpty ? IsExactly(expected[i], actual[i]) : exact[i] == expected[i])
                continue;
            misses++;
            if (firstMiss < 0)
                firstMiss = i;
        }
        if (expected.Length == 0)
            return;
        var at = Math.Max(firstMiss, 0);
        var computed = exact.IsEmpty ? actual[at].ToString("R", CultureInfo.InvariantCulture) : exact[at].ToString(CultureInfo.InvariantCulture);
        Remember(entry, at, expected[at], exact.IsEmpty ? actual[at] : exact[at], misses > 0 ? double.PositiveInfinity : 0);
        if (misses > 0)
            AddMisses(entry, misses, at, $"expected exactly {expected[at].ToString(CultureInfo.InvariantCulture)}, computed {computed}");
    }

    private double ToleranceUsed(double expected, double actual)
    {
        if (actual == expected || (double.IsNaN(actual) && double.IsNaN(expected)))
            return 0;
        // Also keeps an infinite expectation from making its own tolerance infinite.
        if (!double.IsFinite(actual) || !double.IsFinite(expected))
            return double.PositiveInfinity;
        var tolerance = absoluteTolerance + (relativeTolerance * Math.Abs(expected));
        var error = Math.Abs(actual - expected);
        return tolerance > 0 ? Within(error, tolerance) : double.PositiveInfinity;
    }

    /// <summary>The quotient, kept on the right side of 1 whatever the division rounds to.</summary>
    private static double Within(double error, double tolerance)
    {
        var used = error / tolerance;
        return error <= tolerance ? Math.Min(used, 1) : Math.Max(used, Math.BitIncrement(1));
    }

    private static bool IsExactly(long expected, double actual) =>
        actual is >= -9223372036854775808.0 and < 9223372036854775808.0 && Math.Truncate(actual) == actual && (long)actual == expected;

    private void Remember(TensorEntry entry, int flat, double expected, double actual, double used)
    {
        if (_worst is null || used > _worst.ToleranceUsed)
            _worst = new WorstElement(entry.Name, IndexOf(entry.Shape, flat), expected, actual, used);
    }

    private void AddMisses(TensorEntry entry, int misses, int at, string detail)
    {
        var position = entry.Shape.Length == 0 ? "" : $"[{string.Join(", ", IndexOf(entry.Shape, at))}]";
        _faults.Add($"{entry.Name}: {misses} of {entry.ElementCount} elements differ; {entry.Name}{position}: {detail}");
    }

    private static bool IsExpectation(string name) => Array.Exists(CheckedPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static long[] IndexOf(long[] shape, long flat)
    {
        var index = new long[shape.Length];
        for (var d = shape.Length - 1; d >= 0; d--)
            (flat, index[d]) = Math.DivRem(flat, shape[d]);
        return index;
    }

    private static string Tuple(long[] shape) => $"({string.Join(", ", shape)})";
}
