using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>Weight of a time in the score and noise losses.</summary>
public enum FlowLossWeight
{
    /// <summary>1.</summary>
    None,

    /// <summary>(ScoreRate / sigma)²: as if the velocity were regressed.</summary>
    Velocity,

    /// <summary>ScoreRate / sigma²: bounds the likelihood.</summary>
    Likelihood,
}

/// <summary>Training losses of interpolant models.</summary>
/// <remarks>
/// Means over everything but the batch of: velocity (out − velocity)²; noise w · (out − noise)²; score w · (out · sigma + noise)².
/// Ma et al. 2024, https://arxiv.org/abs/2401.08740, equations 5 and 6, as in the official code. Times are data times (1 is data).
/// </remarks>
/// <param name="Path">How noise and data are mixed.</param>
/// <param name="Prediction">What the model puts out.</param>
/// <param name="Weight">Weight of a time; velocity prediction has none.</param>
public sealed record FlowLoss(InterpolantPath Path, FlowPrediction Prediction = FlowPrediction.Velocity, FlowLossWeight Weight = FlowLossWeight.None)
{
    /// <summary>Computes the loss of each sample.</summary>
    /// <param name="output">What the model made of the mix, (B, …).</param>
    /// <param name="data">Same shape.</param>
    /// <param name="noise">Same shape.</param>
    /// <param name="times">Data times of the samples, B of them.</param>
    /// <returns>(B), at least 0.</returns>
    /// <exception cref="ShapeException">The number of times is not the batch size.</exception>
    public Tensor Compute(Tensor output, Tensor data, Tensor noise, params ReadOnlySpan<double> times)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(noise);
        var error = Prediction switch
        {
            FlowPrediction.Velocity => output - Path.Velocity(data, noise, times),
            FlowPrediction.Noise => output - noise,
            FlowPrediction.Score => PerSample.Scale(output, times, Path.Sigma) + noise,
            _ => throw new InvalidOperationException($"prediction {Prediction} is not known"),
        };
        var loss = error.Square().Flatten(1).Mean(1, keepDim: false);
        return Prediction == FlowPrediction.Velocity || Weight == FlowLossWeight.None ? loss : PerSample.Scale(loss, times, WeightAt);
    }

    private double WeightAt(double time)
    {
        var (rate, sigma) = (Path.ScoreRate(time), Path.Sigma(time));
        return Weight == FlowLossWeight.Velocity ? rate / sigma * (rate / sigma) : rate / (sigma * sigma);
    }
}
