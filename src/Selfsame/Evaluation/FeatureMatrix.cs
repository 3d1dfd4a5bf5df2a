using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Walks over the rows of big matrices in pieces of bounded size.</summary>
internal static class FeatureMatrix
{
    /// <summary>Elements of a temporary: 64 MiB as float32. Big enough for full speed of a matrix product.</summary>
    internal const long PieceElements = 1 << 24;

    /// <summary>Rows of a piece when each needs <paramref name="columns"/> temporary elements.</summary>
    internal static long RowsFor(long columns) => Math.Max(1, PieceElements / Math.Max(1, columns));

    internal static void Require(Tensor features, string name)
    {
        if (features.Dimensions != 2 || features.ElementCount == 0)
            throw new ShapeException($"{name} is {features}; expected a matrix with a row for each sample and at least one row and column.");
        if (features.DType is not (DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16))
            throw new ShapeException($"{name} is {features}; features must be floating-point numbers.");
    }

    /// <summary>Euclidean norm of each row in float32, refusing rows that hold NaN or infinity.</summary>
    internal static Tensor Norms(Tensor features, string name)
    {
        using var scope = Scope.Enter();
        var norms = features.VectorNorm(2, [1], dtype: features.DType == DType.Float64 ? DType.Float64 : DType.Float32).To(DType.Float32);
        var values = norms.ToArray<float>();
        for (var row = 0; row < values.Length; row++)
        {
            if (!float.IsFinite(values[row]))
                throw new ArgumentException($"row {row} of {name} holds NaN or infinity (or its norm overflows float32); fix the features before evaluating them");
        }

        return scope.MoveOut(norms);
    }
}
