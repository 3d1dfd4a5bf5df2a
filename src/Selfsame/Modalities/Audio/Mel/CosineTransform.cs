namespace Selfsame.Modalities.Audio;

/// <summary>Discrete cosine transform of type 2 over mel energies. Immutable.</summary>
public sealed class CosineTransform
{
    private readonly float[] _matrix;   // (inputs, outputs)

    /// <summary>A transform.</summary>
    /// <param name="inputs">Numbers that come in.</param>
    /// <param name="outputs">Coefficients kept, at most <paramref name="inputs"/>.</param>
    /// <param name="orthonormal">Scale so that the full transform keeps lengths; else every coefficient is twice the plain sum.</param>
    public CosineTransform(int inputs, int outputs, bool orthonormal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputs, inputs);
        (Inputs, Outputs) = (inputs, outputs);
        _matrix = new float[inputs * outputs];
        for (var n = 0; n < inputs; n++)
            for (var k = 0; k < outputs; k++)
            {
                var scale = !orthonormal ? 2 : Math.Sqrt(2.0 / inputs) * (k == 0 ? Math.Sqrt(0.5) : 1);
                _matrix[n * outputs + k] = (float)(scale * Math.Cos(Math.PI / inputs * (n + 0.5) * k));
            }
    }

    /// <summary>Numbers that come in.</summary>
    public int Inputs { get; }

    /// <summary>Coefficients.</summary>
    public int Outputs { get; }

    /// <summary>The factors, (inputs, outputs).</summary>
    public ReadOnlySpan<float> Matrix => _matrix;

    /// <summary>Transforms the columns of a plane.</summary>
    /// <param name="plane">(inputs, frames).</param>
    /// <param name="coefficients">Receives (outputs, frames).</param>
    public void Apply(ReadOnlySpan<float> plane, Span<float> coefficients)
    {
        var frames = plane.Length / Inputs;
        if (plane.Length != frames * Inputs || coefficients.Length != frames * Outputs)
            throw new ArgumentException($"{plane.Length} numbers in {Inputs} rows do not become {coefficients.Length} in {Outputs} rows");
        coefficients.Clear();
        for (var n = 0; n < Inputs; n++)
        {
            var row = plane.Slice(n * frames, frames);
            for (var k = 0; k < Outputs; k++)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(row, _matrix[n * Outputs + k], coefficients.Slice(k * frames, frames), coefficients.Slice(k * frames, frames));
        }
    }
}
