using System.Globalization;
using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>What one operator, or one node of the backward pass, cost while a profile ran.</summary>
/// <param name="Name">Such as <c>aten::mm</c>, or <c>SelfAttention (backward)</c>.</param>
/// <param name="Calls">How often it was called.</param>
/// <param name="Seconds">Time within it, without the operators that it called itself.</param>
/// <param name="Flops">Floating-point operations, of matrix products, convolutions and attention; 0 where they are not counted.</param>
public sealed record OperatorCost(string Name, long Calls, double Seconds, double Flops);

/// <summary>Measures where time goes, operator by operator, over all threads. Nothing is counted, and nothing costs, while none runs.</summary>
public static unsafe class OperatorProfile
{
    /// <summary>Runs something and counts.</summary>
    /// <param name="work">What to look into. Each operator in it costs about a microsecond more than without a profile.</param>
    /// <returns>Every operator that was called, the longest first.</returns>
    /// <exception cref="TorchException">Another profile runs.</exception>
    public static IReadOnlyList<OperatorCost> Measure(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Native.Check(Native.ProfileStart());
        byte* lines = null;
        try
        {
            work();
        }
        finally
        {
            Native.Check(Native.ProfileStop(&lines));
        }

        var text = Marshal.PtrToStringUTF8((nint)lines) ?? "";
        Native.Free(lines);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read).OrderByDescending(cost => cost.Seconds)];
    }

    private static OperatorCost Read(string line)
    {
        var parts = line.Split('\t');
        return new(parts[0], Number(parts[1]), Number(parts[2]) * 1e-9, Number(parts[3]));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
