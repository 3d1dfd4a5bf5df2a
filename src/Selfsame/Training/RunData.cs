using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Modalities.Image;
using Selfsame.Objectives;
using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>A recipe's data, opened: the samples, how they become views, and what evaluation sees.</summary>
public sealed class RunData : IDisposable
{
    /// <summary>Most bytes of decoded pictures that the loader keeps.</summary>
    internal const long PictureCacheBytes = 1L << 30;

    private RunData(Recipe recipe, DataSet set, IReadOnlyList<ViewSettings> views, ViewSettings plain)
    {
        Set = set;
        Transform = new ViewTransform(views);
        PlainTransform = new ViewTransform([plain]);
        Labels = recipe.Objective.LabelColumn is { } column ? set.Labels(column) : null;
        var side = views[0].Size;
        Shape = new BatchShape(views.Count, Transform.OutputShape[1], side, side, Labels is not null);
        PlainShape = Shape with { Views = 1, Labelled = false };
        Range = (plain.Mean.Average(), plain.Std.Average());
        ChannelRange = (plain.Mean, plain.Std);
        Train = recipe.Data.Split == TrainingPart.All ? [.. Enumerable.Range(0, set.Count)] : set.Split(Convert(recipe.Data.Split));
        if (Train.Length == 0)
            throw new DataSourceException($"{set.Name} has no samples in its {recipe.Data.Split} part ({set.Count} in all); use data.split: all");
        Model = new ModelContext(recipe.Encoder, (side, side), Transform.OutputShape[1], Labels?.Names.Count ?? 0);
    }

    /// <summary>The samples.</summary>
    public DataSet Set { get; }

    /// <summary>The recipe's further data sets to evaluate on, in its order.</summary>
    public IReadOnlyList<DataSet> EvaluationSets { get; private init; } = [];

    /// <summary>Samples that are trained on.</summary>
    public int[] Train { get; }

    /// <summary>Makes the training views.</summary>
    public ViewTransform Transform { get; }

    /// <summary>Makes the one view that evaluation sees; nothing random.</summary>
    public ViewTransform PlainTransform { get; }

    /// <summary>Shape of a training batch.</summary>
    public BatchShape Shape { get; }

    /// <summary>Shape of an evaluation batch.</summary>
    public BatchShape PlainShape { get; }

    /// <summary>Labels the method is conditioned on; null for none.</summary>
    public LabelSet? Labels { get; }

    /// <summary>Mean and deviation that pictures are normalised with, on values in 0..1.</summary>
    public (double Mean, double Deviation) Range { get; }

    /// <summary>The same for each channel; one entry serves all.</summary>
    public (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) ChannelRange { get; }

    /// <summary>Sizes that the model needs to know.</summary>
    public ModelContext Model { get; }

    /// <summary>Opens the data, fetching it where it is in the catalogue.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="options">Cache folder and progress.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="DataSourceException">The data can't be had, or has no such column.</exception>
    public static async Task<RunData> OpenAsync(Recipe recipe, DataOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(options);
        if (recipe.Data.Cache is { } cache)
            options = options with { CacheFolder = cache };
        if (recipe.Data.Exclude is { } exclude)
            options = options with { Exclude = exclude };
        var set = await DataSource.OpenAsync(recipe.Data.Source, options, cancellation).ConfigureAwait(false);
        var sets = new List<DataSet>();
        try
        {
            var (views, plain) = Views(recipe);
            foreach (var further in recipe.Evaluate?.Sets ?? [])
                sets.Add(await DataSource.OpenAsync(further.Source, options, cancellation).ConfigureAwait(false));
            return new RunData(recipe, set, views, plain) { EvaluationSets = sets };
        }
        catch
        {
            set.Dispose();
            sets.ForEach(further => further.Dispose());
            throw;
        }
    }

    /// <summary>Opens the data as <see cref="OpenAsync(Recipe, DataOptions, CancellationToken)"/> does; where that fails, says where the source was written.</summary>
    /// <param name="loaded">The recipe, with where its values came from.</param>
    /// <param name="options">Cache folder and progress.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="RecipeException">The source is nothing that can be opened.</exception>
    /// <exception cref="DataSourceException">The data can't be had, or has no such column.</exception>
    public static Task<RunData> OpenAsync(LoadedRecipe loaded, DataOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return DataSource.Judge(loaded.Recipe.Data.Source) is { } fault
            ? throw new RecipeException([new RecipeFault(loaded.Origins.GetValueOrDefault("data.source", ValueOrigin.Default), "data.source", fault)])
            : OpenAsync(loaded.Recipe, options, cancellation);
    }

    /// <summary>A loader of training batches.</summary>
    /// <param name="recipe">Batch size, seed, workers.</param>
    /// <param name="start">Samples already seen.</param>
    /// <param name="quarantine">Told of samples that can't be used.</param>
    public BatchLoader Batches(Recipe recipe, long start, Quarantine quarantine)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return new BatchLoader(Set, Train, Transform, new BatchLoaderSettings
        {
            BatchSize = recipe.MicroBatch ?? recipe.Batch,
            Seed = recipe.Seed,
            Start = start,
            Workers = recipe.Data.Workers,
            CacheBytes = PictureCacheBytes,
            LabelColumns = Labels is null ? [] : [Labels.Column],
        }, quarantine);
    }

    /// <summary>Closes the samples.</summary>
    public void Dispose()
    {
        Set.Dispose();
        foreach (var set in EvaluationSets)
            set.Dispose();
    }

    /// <summary>The training views of a recipe, and the one view that evaluation sees.</summary>
    internal static (ViewSettings[] Training, ViewSettings Plain) Views(Recipe recipe)
    {
        var views = recipe.Data.Views.Select(view => InRange(view, recipe)).ToArray();
        if (views.Length == 0)
            views = [InRange(ViewSettings.Mae() with { Size = recipe.Data.ImageSize ?? 224 }, recipe)];
        return (views, InRange(ViewSettings.Evaluation(views[0].Size, views[0].Size), recipe) with { Background = views[0].Background, Mean = views[0].Mean, Std = views[0].Std });
    }

    private static ViewSettings InRange(ViewSettings view, Recipe recipe) => recipe.Objective.PixelRange is { } range
        ? view with { Mean = [range.Mean, range.Mean, range.Mean], Std = [range.Deviation, range.Deviation, range.Deviation] }
        : view;

    private static DataSplit Convert(TrainingPart split) => split switch
    {
        TrainingPart.Train => DataSplit.Train,
        TrainingPart.Validation => DataSplit.Validation,
        _ => DataSplit.Test,
    };
}
