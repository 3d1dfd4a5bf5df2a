using System.Runtime.Intrinsics;

namespace Selfsame.Modalities.Audio;

/// <summary>Triangular filters equally wide in mel, kept as the bins where they are not zero. Immutable.</summary>
public sealed class MelFilters
{
    private readonly int[] _first;
    private readonly float[][] _weights;

    private MelFilters(int bins, double[][] filters)
    {
        (Bins, Count) = (bins, filters.Length);
        _first = new int[Count];
        _weights = new float[Count][];
        for (var m = 0; m < Count; m++)
        {
            var first = Math.Max(0, Array.FindIndex(filters[m], weight => weight > 0));
            var last = Array.FindLastIndex(filters[m], weight => weight > 0);
            _first[m] = first;
            _weights[m] = [.. filters[m].Skip(first).Take(last + 1 - first).Select(weight => (float)weight)];
        }
    }

    /// <summary>Frequencies that come in.</summary>
    public int Bins { get; }

    /// <summary>Filters.</summary>
    public int Count { get; }

    /// <summary>torchaudio's and librosa's filters: triangles with straight sides in Hz between edges equally far apart in mel.</summary>
    /// <param name="bins">Frequencies from 0 to half the rate (rounded down to a whole number of Hz, as torchaudio does).</param>
    /// <param name="count">Filters, at least 1.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="low">Lower edge of the first filter, Hz.</param>
    /// <param name="high">Upper edge of the last, Hz.</param>
    /// <param name="scale">How hertz become mel.</param>
    /// <param name="unitArea">Divide each by half its width in Hz, so that all have the same area; else all have the same peak.</param>
    public static MelFilters Torchaudio(int bins, int count, int sampleRate, double low, double high, MelScaleKind scale, bool unitArea)
    {
        Require(count, low, high, sampleRate);
        var (first, last) = (scale.ToMel(low), scale.ToMel(high));
        var edges = new double[count + 2];
        for (var m = 0; m < edges.Length; m++)
            edges[m] = scale.ToHertz(first + (last - first) * m / (count + 1));
        var filters = new double[count][];
        for (var m = 0; m < count; m++)
        {
            filters[m] = new double[bins];
            var area = unitArea ? 2 / (edges[m + 2] - edges[m]) : 1;
            for (var k = 0; k < bins; k++)
                filters[m][k] = area * Triangle((double)(sampleRate / 2) * k / (bins - 1), edges[m], edges[m + 1], edges[m + 2]);
        }
        return new(bins, filters);
    }

    /// <summary>Kaldi's filters: triangles with straight sides in mel, all of the same peak; the highest bin counts nowhere.</summary>
    /// <param name="fftSize">Samples of the transform.</param>
    /// <param name="count">Filters, at least 1.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="low">Lower edge of the first filter, Hz.</param>
    /// <param name="high">Upper edge of the last, Hz.</param>
    public static MelFilters Kaldi(int fftSize, int count, double sampleRate, double low, double high)
    {
        Require(count, low, high, sampleRate);
        const MelScaleKind Scale = MelScaleKind.Kaldi;
        var (first, last) = (Scale.ToMel(low), Scale.ToMel(high));
        var step = (last - first) / (count + 1);
        var filters = new double[count][];
        for (var m = 0; m < count; m++)
        {
            filters[m] = new double[fftSize / 2 + 1];
            for (var k = 0; k < fftSize / 2; k++)
                filters[m][k] = Triangle(Scale.ToMel(sampleRate / fftSize * k), first + m * step, first + (m + 1) * step, first + (m + 2) * step);
        }
        return new(fftSize / 2 + 1, filters);
    }

    /// <summary>All weights, zeros too.</summary>
    /// <returns>(bins, filters).</returns>
    public float[] Dense()
    {
        var dense = new float[Bins * Count];
        for (var m = 0; m < Count; m++)
            for (var i = 0; i < _weights[m].Length; i++)
                dense[(_first[m] + i) * Count + m] = _weights[m][i];
        return dense;
    }

    /// <summary>What filter <paramref name="filter"/> lets through of eight spectra.</summary>
    internal Vector256<float> Apply(int filter, ReadOnlySpan<Vector256<float>> bins)
    {
        var weights = _weights[filter];
        var part = bins.Slice(_first[filter], weights.Length);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < weights.Length; i++)
            sum += part[i] * weights[i];
        return sum;
    }

    private static double Triangle(double at, double left, double center, double right) =>
        Math.Max(0, Math.Min((at - left) / (center - left), (right - at) / (right - center)));

    private static void Require(int count, double low, double high, double sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!(low >= 0 && low < high && high <= sampleRate / 2))
            throw new ArgumentException($"mel filters from {low} to {high} Hz were asked for; they lie between 0 and {sampleRate / 2} Hz, half the sample rate");
    }
}
