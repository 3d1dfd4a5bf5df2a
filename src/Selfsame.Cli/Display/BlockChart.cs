using System.Text;

namespace Selfsame.Cli.Display;

/// <summary>A curve in text: one column a value, filled from below with eighths of a block.</summary>
internal static class BlockChart
{
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    /// <summary>The lines of a chart, top first.</summary>
    /// <param name="values">From left to right; those that are not finite count as the least.</param>
    /// <param name="height">Lines, at least 1.</param>
    /// <param name="least">Value at the bottom; null: 0, or the least value where that is below.</param>
    internal static IReadOnlyList<string> Lines(IReadOnlyList<double> values, int height, double? least = null)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty().ToArray();
        var (low, high) = (least ?? Math.Min(0, finite.Min()), finite.Max());
        var lines = new string[height];
        var line = new StringBuilder(values.Count);
        for (var row = 0; row < height; row++)
        {
            line.Clear();
            foreach (var value in values)
            {
                var share = high > low && double.IsFinite(value) ? Math.Clamp((value - low) / (high - low), 0, 1) : 0;
                var eighths = (int)Math.Round(share * height * 8) - ((height - 1 - row) * 8);
                line.Append(Eighths[Math.Clamp(eighths, 0, 8)]);
            }

            lines[row] = line.ToString().TrimEnd();
        }

        return lines;
    }
}
