using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>The arithmetic of one optimizer step, in the order of its methods: what a run repeats and a benchmark times.</summary>
internal sealed class TrainingStep(Recipe recipe, TrainingModel model, ComputePrecision precision)
{
    /// <summary>Starts a step.</summary>
    /// <param name="rate">Learning rate.</param>
    internal void Begin(double rate)
    {
        model.Optimizer.Rate = rate;
        model.Arena.ClearGradients();
    }

    /// <summary>Forward pass of one micro-batch.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="step">Steps done before.</param>
    /// <param name="part">Number of the micro-batch within the step.</param>
    internal ObjectiveResult Compute(Batch batch, long step, int part)
    {
        using var low = precision.Enter();
        return model.Objective.Compute(batch, new SeededStep(recipe.Seed, step, part) { Device = precision.Device });
    }

    /// <summary>Backward pass: adds to the gradients.</summary>
    internal void Backward(ObjectiveResult result) =>
        (recipe.Accumulate == 1 ? result.Loss : result.Loss / recipe.Accumulate).Backward();

    /// <summary>Length of the gradients, and what clips them.</summary>
    internal GradientNorm Measure() => GradientClipping.Measure(model.Arena, recipe.ClipNorm ?? double.PositiveInfinity);

    /// <summary>Changes the weights, then the teachers.</summary>
    /// <param name="gradient">From <see cref="Measure"/>.</param>
    /// <param name="momentum">Share of itself that a teacher keeps.</param>
    internal void Finish(GradientNorm gradient, double momentum)
    {
        model.Optimizer.Step(gradient.Factor);
        model.Follow(momentum);
    }
}
