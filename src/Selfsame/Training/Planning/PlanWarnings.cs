using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Progress;

namespace Selfsame.Training.Planning;

/// <summary>Finds what in a plan is allowed, but likely not meant.</summary>
internal static class PlanWarnings
{
    /// <summary>All warnings about a plan, each with what to do.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="splits">Whether the method gives the same result in parts.</param>
    /// <param name="fast">Whether bfloat16 is fast on this machine.</param>
    internal static IEnumerable<string> Of(Recipe recipe, RunPlan plan, bool splits, bool fast)
    {
        var (batch, train, steps) = (recipe.Batch, plan.Data.Rows ?? plan.Data.Train, plan.Length.Steps);
        if (batch > train)
            yield return FormattableString.Invariant($"batch is {batch}, and there are {train} samples to train on: some come more than once in a step. Lower --batch, or take more data");
        if (plan.Length.Epochs is < 1)
            yield return FormattableString.Invariant($"the run sees {plan.Length.Epochs * 100:0.#} % of the training data. Raise --epochs for all of it");
        if (steps is { } total && plan.Length.WarmupSteps >= total)
            yield return FormattableString.Invariant($"schedule.warmup takes {plan.Length.WarmupSteps} steps, and the run has {total}: the rate never reaches its peak. Shorten the warm-up, or train longer");
        if (steps is { } all && recipe.Ema?.Warmup.ToSteps(all, batch, train) is { } rise && rise >= all)
            yield return FormattableString.Invariant($"ema.warmup takes {rise} steps, and the run has {all}: the teacher hardly averages. Shorten it, or train longer");
        if (steps is { } length && recipe.Log.Every.ToSteps(batch, train) is { } lines && lines > length)
            yield return FormattableString.Invariant($"log.every is {lines} steps, and the run has {length}: only its end is written. Lower log.every");
        if (recipe.Checkpoint.Best is { } best && recipe.Evaluate?.Every is null)
            yield return $"checkpoint.best is {best}, and nothing is evaluated during the run, so no checkpoint is chosen. Set evaluate.every";
        if (recipe.MicroBatch is { } micro && micro < batch && !splits)
            yield return FormattableString.Invariant($"micro_batch is {micro}, and {recipe.System} compares the samples of a batch with each other: it will only see {micro} at once, which is another method than with {batch}");
        if (recipe.Precision == Precision.Bf16 && !fast)
            yield return "precision is bf16, which this processor computes slowly. Try --precision fp32";
        if (plan.Memory.MicroBatch < (recipe.MicroBatch ?? batch))
            yield return FormattableString.Invariant($"a batch of {batch} does not fit into the {HumanText.Bytes(plan.Memory.Available)} that are free: it would pass in parts of {plan.Memory.MicroBatch}, with the same result");
        if (!plan.Memory.Measured)
            yield return $"no real step was measured, since {HumanText.Bytes(plan.Memory.TrainingPeak)} would not fit, so the time is not known. Lower --batch, or set micro_batch";
        if (TorchMemory.Peak == 0)
            yield return "SELFSAME_MALLOC=1 hides what tensors take: the estimate of memory is too small";
    }
}
