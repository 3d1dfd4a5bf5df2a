using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A method that names the class of a sample.</summary>
public interface IClassifier
{
    /// <summary>Column that the classes come from.</summary>
    string LabelColumn { get; }

    /// <summary>Scores of every class, in evaluation mode.</summary>
    /// <param name="batch">Samples.</param>
    /// <returns>(B, classes), float32; the largest wins.</returns>
    Tensor Classify(Batch batch);
}
