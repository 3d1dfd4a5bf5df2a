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

    /// <summary>Forward pass of a batch or a part of it.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="step">Steps done before.</param>
    /// <param name="part">Which part of the step's batch they are; null for all of it.</param>
    internal ObjectiveResult Compute(Batch batch, long step, BatchPart? part = null)
    {
        using var low = precision.Enter();
        return model.Objective.Compute(batch, new SeededStep(recipe.Seed, step, part) { Device = precision.Device });
    }

    /// <summary>Backward pass: adds to the gradients.</summary>
    /// <param name="result">From <see cref="Compute"/>.</param>
    /// <param name="share">Weight of this part; 1 for a whole batch.</param>
    internal static void Backward(ObjectiveResult result, double share = 1) =>
        (share == 1 ? result.Loss : result.Loss * share).Backward();

    /// <summary>Multiplies all gradients, where the shares of the parts did not add up to 1.</summary>
    internal void Scale(double factor)
    {
        using var guard = GradMode.Off();
        model.Arena.Gradients!.MulInPlace(factor);
    }

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
