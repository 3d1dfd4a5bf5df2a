using Selfsame.Recipes;
using Selfsame.Training.Progress;

namespace Selfsame.Training.Planning;

/// <summary>Refuses a batch whose samples alone do not fit into memory, before anything is allocated.</summary>
internal static class BatchRoom
{
    private const int Prefetched = 4;

    /// <summary>Checks the samples of a step, with those that are loaded ahead.</summary>
    /// <param name="loaded">The recipe.</param>
    /// <param name="floats">Numbers in a sample, all views together.</param>
    /// <param name="available">Bytes that can be had.</param>
    /// <exception cref="RecipeException">They do not fit.</exception>
    internal static void Require(LoadedRecipe loaded, long floats, long available)
    {
        var recipe = loaded.Recipe;
        var part = recipe.MicroBatch ?? recipe.Batch;
        var (sample, most) = (floats * sizeof(float), Array.MaxLength / floats);
        var needed = sample * (recipe.Batch + ((double)Prefetched * part));
        string? key = null, text = null;
        if (needed > available)
            (key, text) = ("batch", FormattableString.Invariant($"is {recipe.Batch}; its samples, with those loaded ahead, take {HumanText.Bytes(needed)}, and {HumanText.Bytes(available)} can be had. {(int)Math.Max(1, available / 2 / (sample * (1 + Prefetched)))} would fit"));
        else if (part > most)
            (key, text) = (recipe.MicroBatch is null ? "batch" : "micro_batch", FormattableString.Invariant($"is {part}; no more than {most} samples of this size can be loaded at once. Set micro_batch to a divisor of the batch below that"));
        if (key is not null)
            throw new RecipeException([new RecipeFault(loaded.Origins.GetValueOrDefault(key, ValueOrigin.Default), key, text!)]);
    }
}
