using System.Numerics.Tensors;

namespace Selfsame.Data.Checking;

/// <summary>
/// Pictures are near when their sketches are: the distance is |a - b| of brightness after each has lost its mean and has got length 1, so
/// that distance² = 2 (1 - correlation). A second look keeps chance apart from sameness: no part of the picture may differ much, and colours,
/// brightness, contrast and proportions must agree. On 600 drawings and emoji the limits find every JPEG of quality 40 to 90, 98 % of smooth halvings and all
/// doublings, 94 % of those halved and then saved as JPEG 40, and no pair of different pictures but shapes that differ by a hair.
/// </summary>
internal sealed class SketchLikeness : ILikeness
{
    /// <summary>Default for <see cref="Threshold"/>.</summary>
    public const double DefaultThreshold = 0.22;

    // Levels of 255.
    private const float MeanLimit = 5, ColourLimit = 4;
    private const int PartLimit = 28, ColourPartLimit = 14;
    private const float AspectLimit = 0.06f, ContrastLimit = 0.15f; // of natural logarithms

    // Brightness that varies by less (standard deviation 8 levels) isn't stretched further: it would be noise.
    private const float LeastNorm = 8 * PictureSketch.Side;
    private const int Frequencies = 4, First = 5;

    // The lowest waves of the cosine transform but the constant one; rows of an orthonormal basis, so differences only shrink.
    private static readonly (int Y, int X)[] s_waves = [(0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0)];
    private static readonly float[] s_basis = Basis();

    private readonly SketchTable _sketches;
    private readonly bool[] _known;
    private readonly float[] _mean, _norm, _aspect, _blue, _red; // by sample

    public SketchLikeness(SketchTable sketches, ReadOnlySpan<SampleFacts> facts, bool[] known, double threshold)
    {
        (_sketches, _known, Threshold) = (sketches, known, threshold);
        (_mean, _norm, _aspect) = (new float[facts.Length], new float[facts.Length], new float[facts.Length]);
        (_blue, _red) = (new float[facts.Length], new float[facts.Length]);
        for (var i = 0; i < facts.Length; i++)
        {
            if (!known[i])
                continue;
            var sketch = sketches[i];
            long sum = 0, squares = 0;
            foreach (var value in sketch[..PictureSketch.Brightness])
            {
                sum += value;
                squares += value * value;
            }
            _mean[i] = sum / (float)PictureSketch.Brightness;
            _norm[i] = MathF.Sqrt(MathF.Max(0, squares - sum * (sum / (float)PictureSketch.Brightness)));
            _aspect[i] = MathF.Log(facts[i].Width / (float)facts[i].Height);
            (_blue[i], _red[i]) = (Mean(sketch.Slice(PictureSketch.Brightness, 64)), Mean(sketch.Slice(PictureSketch.Brightness + 64, 64)));
        }
    }

    public int Dimensions => First + s_waves.Length;

    public double Threshold { get; }

    public bool Has(int sample) => _known[sample];

    public void Coordinates(int sample, Span<float> coordinates)
    {
        coordinates[0] = _mean[sample] / MeanLimit;
        coordinates[1] = _blue[sample] / ColourLimit;
        coordinates[2] = _red[sample] / ColourLimit;
        coordinates[3] = _aspect[sample] / AspectLimit;
        coordinates[4] = MathF.Log(Math.Max(LeastNorm, _norm[sample])) / ContrastLimit;

        var brightness = _sketches[sample][..PictureSketch.Brightness];
        Span<float> rows = stackalloc float[PictureSketch.Side * Frequencies], row = stackalloc float[PictureSketch.Side], column = stackalloc float[PictureSketch.Side];
        for (var y = 0; y < PictureSketch.Side; y++)
        {
            TensorPrimitives.ConvertTruncating(brightness.Slice(y * PictureSketch.Side, PictureSketch.Side), row);
            for (var f = 0; f < Frequencies; f++)
                rows[f * PictureSketch.Side + y] = TensorPrimitives.Dot(row, s_basis.AsSpan(f * PictureSketch.Side, PictureSketch.Side));
        }
        var scale = (float)(1 / (Math.Max(LeastNorm, _norm[sample]) * Threshold));
        for (var w = 0; w < s_waves.Length; w++)
        {
            rows.Slice(s_waves[w].X * PictureSketch.Side, PictureSketch.Side).CopyTo(column);
            coordinates[First + w] = scale * TensorPrimitives.Dot(column, s_basis.AsSpan(s_waves[w].Y * PictureSketch.Side, PictureSketch.Side));
        }
    }

    public bool Near(int a, int b, out double distance)
    {
        distance = double.PositiveInfinity;
        float normA = Math.Max(LeastNorm, _norm[a]), normB = Math.Max(LeastNorm, _norm[b]);
        if (Math.Abs(_mean[a] - _mean[b]) > MeanLimit || Math.Abs(_blue[a] - _blue[b]) > ColourLimit || Math.Abs(_red[a] - _red[b]) > ColourLimit ||
            Math.Abs(_aspect[a] - _aspect[b]) > AspectLimit || Math.Abs(MathF.Log(normA / normB)) > ContrastLimit)
            return false;

        ReadOnlySpan<byte> first = _sketches[a], second = _sketches[b];
        distance = Distance(a, b);
        return distance <= Threshold && MaxPart(first, second) <= PartLimit && MaxColour(first, second) <= ColourPartLimit;
    }

    private double Distance(int a, int b)
    {
        double normA = Math.Max(LeastNorm, _norm[a]), normB = Math.Max(LeastNorm, _norm[b]);
        ReadOnlySpan<byte> first = _sketches[a], second = _sketches[b];
        var dot = 0;
        for (var i = 0; i < PictureSketch.Brightness; i++)
            dot += first[i] * second[i];
        var covariance = dot - (double)_mean[a] * _mean[b] * PictureSketch.Brightness;
        double ratioA = _norm[a] / normA, ratioB = _norm[b] / normB;
        return Math.Sqrt(Math.Max(0, ratioA * ratioA + ratioB * ratioB - 2 * covariance / (normA * normB)));
    }

    private static int MaxPart(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        const int side = PictureSketch.Side;
        var most = 0;
        for (var y = 0; y < side; y += 2)
        {
            for (var x = 0; x < side; x += 2)
            {
                var i = y * side + x;
                var difference = a[i] - b[i] + a[i + 1] - b[i + 1] + a[i + side] - b[i + side] + a[i + side + 1] - b[i + side + 1];
                most = Math.Max(most, Math.Abs(difference));
            }
        }
        return most / 4;
    }

    private static int MaxColour(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var most = 0;
        for (var i = PictureSketch.Brightness; i < PictureSketch.Length; i++)
            most = Math.Max(most, Math.Abs(a[i] - b[i]));
        return most;
    }

    private static float Mean(ReadOnlySpan<byte> values)
    {
        var sum = 0;
        foreach (var value in values)
            sum += value;
        return sum / (float)values.Length;
    }

    private static float[] Basis()
    {
        var basis = new float[Frequencies * PictureSketch.Side];
        for (var f = 0; f < Frequencies; f++)
            for (var x = 0; x < PictureSketch.Side; x++)
                basis[f * PictureSketch.Side + x] = (float)(Math.Sqrt((f == 0 ? 1.0 : 2.0) / PictureSketch.Side) * Math.Cos((2 * x + 1) * f * Math.PI / (2 * PictureSketch.Side)));
        return basis;
    }
}
