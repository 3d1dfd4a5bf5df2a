using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Classification by texts that describe the classes (<c>zero-shot/templates-1</c>). Radford et al. 2021, https://arxiv.org/abs/2103.00020, section 3.1.4.</summary>
/// <remarks>Each prompt's embedding is normalised, the mean over a class's prompts is taken and normalised again; logits are 100 times the cosine.</remarks>
public sealed class ZeroShotClassifier : IDisposable
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "zero-shot/templates-1";

    /// <summary>CLIP's final logit scale.</summary>
    public const double Scale = 100;

    private const double SmallestNorm = 1e-12;

    /// <summary>Makes a classifier.</summary>
    /// <param name="textFeatures">(classes, templates, D), as the text encoder gives them.</param>
    /// <exception cref="ShapeException">It is of another shape.</exception>
    public ZeroShotClassifier(Tensor textFeatures)
    {
        ArgumentNullException.ThrowIfNull(textFeatures);
        if (textFeatures.Dimensions != 3 || textFeatures.ElementCount == 0)
            throw new ShapeException($"text features are {textFeatures}; expected (classes, templates, D).");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        Weights = Scope.Release(Normalise(Normalise(textFeatures.To(DType.Float32)).Mean(1, keepDim: false)).T().Contiguous());
    }

    /// <summary>(D, classes), columns of length 1.</summary>
    public Tensor Weights { get; }

    /// <summary>Number of classes.</summary>
    public int Classes => (int)Weights.Size(1);

    /// <summary>Logits of samples.</summary>
    /// <param name="features">(N, D), need not be normalised.</param>
    /// <returns>(N, classes): 100 times the cosine.</returns>
    /// <exception cref="ShapeException">The width is not that of the text features.</exception>
    public Tensor Logits(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        FeatureMatrix.Require(features, nameof(features));
        if (features.Size(1) != Weights.Size(0))
            throw new ShapeException($"features are {features}, the texts have {Weights.Size(0)} columns; both must be projected to the same width.");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return scope.MoveOut(Normalise(features.To(DType.Float32)).Matmul(Weights) * Scale);
    }

    /// <summary>Classifies samples.</summary>
    /// <param name="samples">Features with the true classes, from 0 in the order of the text features.</param>
    /// <exception cref="ShapeException">The width is not that of the text features.</exception>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public ClassificationScore Evaluate(LabelledFeatures samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        samples.Require(Classes, "evaluated");
        using var scope = Scope.Enter();
        return Metrics.Score(samples.Labels, Logits(samples.Features).ToArray<double>(), Classes);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => Weights.Dispose();

    private static Tensor Normalise(Tensor features) => features / features.VectorNorm(2, [-1], keepdim: true).ClampMin(SmallestNorm);
}
