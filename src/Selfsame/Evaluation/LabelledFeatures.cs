using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Features of one split with the class of each row.</summary>
public sealed class LabelledFeatures
{
    private readonly long[] _labels;

    /// <summary>Pairs features with labels.</summary>
    /// <param name="features">(N, D), any floating-point type and device. Borrowed: the caller keeps and frees it.</param>
    /// <param name="labels">N class indices, from 0.</param>
    /// <exception cref="ShapeException">The features are no matrix, are empty, or their rows and the labels differ in number.</exception>
    public LabelledFeatures(Tensor features, ReadOnlySpan<long> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        if (features.Size(0) != labels.Length)
            throw new ShapeException($"{labels.Length} labels for {features.Size(0)} rows of features; every row needs one.");
        (Features, _labels) = (features, labels.ToArray());
    }

    /// <summary>(N, D).</summary>
    public Tensor Features { get; }

    /// <summary>Class of each row.</summary>
    public ReadOnlySpan<long> Labels => _labels;

    /// <summary>Number of rows.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of features in a row.</summary>
    public int Width => (int)Features.Size(1);

    internal void Require(int classes, string split)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        for (var row = 0; row < _labels.Length; row++)
        {
            if ((ulong)_labels[row] >= (ulong)classes)
                throw new ArgumentException($"label {_labels[row]} of {split} row {row} is not one of {classes} classes; labels run from 0 to {classes - 1}");
        }
    }

    internal void RequireSameWidth(LabelledFeatures other, string split)
    {
        if (other.Width != Width)
            throw new ShapeException($"{split} features have {other.Width} columns and training features {Width}; both must come from the same layer.");
    }
}
