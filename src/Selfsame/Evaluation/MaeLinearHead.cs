using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>MAE's linear-probe head: batch normalisation without gain and bias (eps 1e-6, momentum 0.1), then a linear layer.</summary>
/// <remarks>He et al. 2021, https://arxiv.org/abs/2111.06377, appendix A.1. Training normalises with the biased variance of the batch; the running variance takes the unbiased one.</remarks>
public sealed class MaeLinearHead : IDisposable
{
    private const double Epsilon = 1e-6;
    private const double Momentum = 0.1;

    /// <summary>Takes over its parameters and buffers, and frees them when disposed.</summary>
    /// <param name="weight">(classes, D).</param>
    /// <param name="bias">(classes).</param>
    /// <param name="runningMean">(D), changed by training.</param>
    /// <param name="runningVariance">(D), changed by training.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public MaeLinearHead(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        ArgumentNullException.ThrowIfNull(runningMean);
        ArgumentNullException.ThrowIfNull(runningVariance);
        if (weight.Dimensions != 2 || bias.ElementCount != weight.Size(0) || runningMean.ElementCount != weight.Size(1) || runningVariance.ElementCount != weight.Size(1))
            throw new ShapeException($"weight {weight}, bias {bias}, running mean {runningMean} and variance {runningVariance} do not fit; expected (classes, D), (classes), (D), (D).");
        (Weight, Bias, RunningMean, RunningVariance) = (Scope.Release(weight), Scope.Release(bias), Scope.Release(runningMean), Scope.Release(runningVariance));
        (Weight.RequiresGrad, Bias.RequiresGrad) = (true, true);
    }

    /// <summary>(classes, D); <c>1.weight</c> in checkpoints of the official code.</summary>
    public Tensor Weight { get; }

    /// <summary>(classes); <c>1.bias</c>.</summary>
    public Tensor Bias { get; }

    /// <summary>(D); <c>0.running_mean</c>.</summary>
    public Tensor RunningMean { get; }

    /// <summary>(D); <c>0.running_var</c>.</summary>
    public Tensor RunningVariance { get; }

    /// <summary>A fresh head: weights drawn from N(0, 0.01^2), bias 0, running mean 0 and variance 1.</summary>
    /// <param name="width">D.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="generator">Source of the weights.</param>
    public static MaeLinearHead Create(int width, int classes, Generator generator) =>
        new(Ops.Empty([classes, width]).NormalInPlace(0, 0.01, generator), Ops.Zeros([classes]), Ops.Zeros([width]), Ops.Ones([width]));

    /// <summary>Computes logits.</summary>
    /// <param name="features">(B, D), float32; at least 2 rows when training.</param>
    /// <param name="training">Normalise with the batch and update the running figures; otherwise normalise with those.</param>
    /// <returns>(B, classes).</returns>
    public Tensor Forward(Tensor features, bool training)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.BatchNorm(null, null, RunningMean, RunningVariance, training, Momentum, Epsilon, cudnnEnabled: true).Linear(Weight, Bias);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
        RunningMean.Dispose();
        RunningVariance.Dispose();
    }
}
