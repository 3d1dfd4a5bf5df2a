namespace Selfsame.Modalities.Audio;

/// <summary>Slopes of coefficients over time.</summary>
public static class Deltas
{
    /// <summary>Slope of the line of least squares through a window of frames; the first and last frame are repeated beyond the ends.</summary>
    /// <remarks>d[t] = sum over n = 1 .. N of n (x[t + n] - x[t - n]) / (N (N + 1) (2 N + 1) / 3), N = (window - 1) / 2. As torchaudio's <c>compute_deltas</c>.</remarks>
    /// <param name="rows">(rows, frames).</param>
    /// <param name="frames">Frames of a row.</param>
    /// <param name="window">Frames of the window, odd and at least 3.</param>
    /// <param name="slopes">Receives (rows, frames).</param>
    /// <exception cref="ArgumentException">The window is even or below 3, or the sizes do not fit.</exception>
    public static void Apply(ReadOnlySpan<float> rows, int frames, int window, Span<float> slopes)
    {
        if (window < 3 || window % 2 == 0)
            throw new ArgumentException($"a window of {window} frames was asked for; it is odd and at least 3", nameof(window));
        if (frames < 1 || rows.Length % frames != 0 || slopes.Length != rows.Length)
            throw new ArgumentException($"{rows.Length} numbers are not rows of {frames} frames with room for {slopes.Length} slopes");
        var half = (window - 1) / 2;
        var scale = 1f / (half * (half + 1) * (2 * half + 1) / 3f);
        for (var row = 0; row < rows.Length; row += frames)
        {
            var values = rows.Slice(row, frames);
            for (var t = 0; t < frames; t++)
            {
                var sum = 0f;
                for (var n = 1; n <= half; n++)
                    sum += n * (values[Math.Min(t + n, frames - 1)] - values[Math.Max(t - n, 0)]);
                slopes[row + t] = sum * scale;
            }
        }
    }
}
