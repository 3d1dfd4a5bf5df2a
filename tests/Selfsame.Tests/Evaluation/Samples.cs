using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

/// <summary>Features whose structure is known. Call inside a scope.</summary>
internal static class Samples
{
    /// <summary>Standard normal values.</summary>
    public static Tensor Noise(long rows, long width, ulong seed)
    {
        using var generator = new Generator(seed);
        return Ops.Empty([rows, width]).NormalInPlace(generator: generator);
    }

    /// <summary>Rows around class centres; row r has class r modulo the number of classes.</summary>
    public static LabelledFeatures Clusters(int rows, int width, int classes, double noise, ulong seed)
    {
        var labels = new long[rows];
        for (var row = 0; row < rows; row++)
            labels[row] = row % classes;
        var centres = Noise(classes, width, 77).IndexSelect(0, Tensor.From<long>(labels));
        return new(centres + (Noise(rows, width, seed) * noise), labels);
    }

    /// <summary>Noise with labels that have nothing to do with it.</summary>
    public static LabelledFeatures Unrelated(int rows, int width, int classes, ulong seed)
    {
        var labels = new long[rows];
        for (var row = 0; row < rows; row++)
            labels[row] = row % classes;
        return new(Noise(rows, width, seed), labels);
    }

    /// <summary>A random rotation, (D, D).</summary>
    public static Tensor Rotation(long width, ulong seed) => Noise(width, width, seed).Qr().Q;
}
