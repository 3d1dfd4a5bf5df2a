using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Selfsame.Evaluation;
using Selfsame.Torch;
using Tensor = Selfsame.Torch.Tensor;

namespace Selfsame.Data.Checking;

/// <summary>
/// Samples are near when a trained model sees them so: the cosine of their features, after the mean over all samples is taken away. The distance
/// is sqrt(2 (1 - cosine)). The search goes along the directions in which the features vary most; a projection never lengthens a difference.
/// </summary>
internal sealed class FeatureLikeness : ILikeness
{
    private const int MostDirections = 16;

    private readonly float[] _features, _coordinates; // (rows, width), unit length; (rows, directions)
    private readonly int _width;
    private readonly int[] _row; // sample -> row, or -1

    /// <param name="table">Features of the samples that could be read.</param>
    /// <param name="count">Samples of the data set.</param>
    /// <param name="cosine">Samples at least as like as this are near, above 0 and below 1.</param>
    public FeatureLikeness(FeatureTable table, int count, double cosine)
    {
        _row = new int[count];
        Array.Fill(_row, -1);
        for (var r = 0; r < table.Indices.Length; r++)
            _row[table.Indices[r]] = r;
        Threshold = Math.Sqrt(2 * (1 - cosine));

        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var centred = table.Values.Narrow(0, 0, table.Indices.Length) - table.Values.Narrow(0, 0, table.Indices.Length).Mean(0, keepDim: true);
        var unit = centred / (centred * centred).Sum(1, keepDim: true).Sqrt().ClampMin(1e-12);
        _width = checked((int)unit.Size(1));
        Dimensions = Math.Min(MostDirections, _width);
        var scatter = unit.Transpose(0, 1).Matmul(unit).Contiguous().ToArray<float>();
        var directions = Directions(scatter);
        _features = unit.Contiguous().ToArray<float>();
        _coordinates = (unit.Matmul(Tensor.From<float>(directions).View([_width, Dimensions])) / Threshold).Contiguous().ToArray<float>();
    }

    public int Dimensions { get; }

    public double Threshold { get; }

    public bool Has(int sample) => _row[sample] >= 0;

    public void Coordinates(int sample, Span<float> coordinates) => _coordinates.AsSpan(_row[sample] * Dimensions, Dimensions).CopyTo(coordinates);

    public bool Near(int a, int b, out double distance)
    {
        distance = double.PositiveInfinity;
        if (!Has(a) || !Has(b))
            return false;
        var cosine = TensorPrimitives.Dot(_features.AsSpan(_row[a] * _width, _width), _features.AsSpan(_row[b] * _width, _width));
        distance = Math.Sqrt(Math.Max(0, 2 * (1 - (double)cosine)));
        return distance <= Threshold;
    }

    // (width, directions), row-major: eigenvectors of the largest eigenvalues.
    private float[] Directions(float[] scatter)
    {
        var matrix = Matrix<double>.Build.Dense(_width, _width, (r, c) => scatter[r * _width + c]);
        var vectors = matrix.Evd(Symmetricity.Symmetric).EigenVectors; // ascending
        var directions = new float[_width * Dimensions];
        for (var r = 0; r < _width; r++)
            for (var d = 0; d < Dimensions; d++)
                directions[r * Dimensions + d] = (float)vectors[r, _width - 1 - d];
        return directions;
    }
}
