using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>A model that says something about a state: velocity, score or noise.</summary>
/// <param name="x">State, (B, …).</param>
/// <param name="time">Data time of the whole batch: 0 is noise, 1 is data.</param>
/// <returns>Same shape.</returns>
public delegate Tensor FlowModel(Tensor x, double time);

/// <summary>Sees the states of a sampler go by: number 0 is the start, number k the state after k moves. The tensor is freed after the call.</summary>
/// <param name="number">Moves made so far.</param>
/// <param name="state">(B, …).</param>
public delegate void FlowObserver(int number, Tensor state);

/// <summary>The velocity, and the score, that a model gives on a path.</summary>
/// <param name="Path">Path that the model was trained on.</param>
/// <param name="Prediction">What the model puts out.</param>
/// <param name="Model">The model.</param>
public sealed record FlowField(InterpolantPath Path, FlowPrediction Prediction, FlowModel Model)
{
    /// <summary>dx/dt of the probability flow.</summary>
    /// <param name="x">State, (B, …).</param>
    /// <param name="time">Data time.</param>
    public Tensor Velocity(Tensor x, double time) => VelocityOf(Model(x, time), x, time);

    /// <summary>Velocity and score from one call of the model.</summary>
    /// <param name="x">State, (B, …).</param>
    /// <param name="time">Data time with sigma more than 0.</param>
    public (Tensor Velocity, Tensor Score) VelocityAndScore(Tensor x, double time)
    {
        var output = Model(x, time);
        var score = Prediction switch
        {
            FlowPrediction.Velocity => Path.ScoreFromVelocity(output, x, time),
            FlowPrediction.Score => output,
            _ => Path.ScoreFromNoise(output, time),
        };
        return (VelocityOf(output, x, time), score);
    }

    private Tensor VelocityOf(Tensor output, Tensor x, double time) => Prediction switch
    {
        FlowPrediction.Velocity => output,
        FlowPrediction.Score => Path.VelocityFromScore(output, x, time),
        _ => Path.VelocityFromNoise(output, x, time),
    };
}
