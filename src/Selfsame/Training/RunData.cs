using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Loading.Packing;
using Selfsame.Modalities.Text;
using Selfsame.Objectives;
using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>A recipe's data, opened: the samples, how they become batches, and what evaluation sees.</summary>
public sealed class RunData : IDisposable
{
    /// <summary>Most bytes of decoded pictures that the loader keeps.</summary>
    internal const long PictureCacheBytes = 1L << 30;

    private RunData(Recipe recipe, DataSet set, int[] part, InputFields inputs)
    {
        Set = set;
        Labels = recipe.Objective.LabelColumn is { } column ? set.Labels(column) : null;
        var device = RunDevice.Here(recipe.Device);
        Inputs = new SampleInputs(inputs.Training, Labels is not null) { Device = device };
        PlainInputs = new SampleInputs(inputs.Plain) { Device = device };
        Range = (inputs.Range.Mean.Average(), inputs.Range.Deviation.Average());
        ChannelRange = inputs.Range;
        Train = recipe.Data.Need == SampleNeed.All ? Array.FindAll(part, index => (set.ModalitiesOf(index) & recipe.Data.Inputs()) == recipe.Data.Inputs()) : part;
        if (Train.Length == 0)
            throw new DataSourceException(part.Length > 0
                ? $"{set.Name} has no sample with all of {recipe.Data.Inputs()} in its {recipe.Data.Split} part; use data.need: any"
                : $"{set.Name} has no samples in its {recipe.Data.Split} part ({set.Count} in all); use data.split: all");
        Model = new ModelContext(recipe.Encoder, [.. inputs.Shapes], Labels?.Names.Count ?? 0);
    }

    /// <summary>The samples.</summary>
    public DataSet Set { get; }

    /// <summary>The recipe's further data sets to evaluate on, in its order.</summary>
    public IReadOnlyList<DataSet> EvaluationSets { get; private init; } = [];

    /// <summary>What cuts the texts; null where none are read.</summary>
    public ITokenizer? Tokenizer { get; private init; }

    /// <summary>Samples that are trained on.</summary>
    public int[] Train { get; }

    /// <summary>Texts that share rows of training batches; null where they don't, or before <see cref="Pack"/>.</summary>
    public PackedTexts? Packed { get; private set; }

    /// <summary>Samples of an epoch; of packed texts, rows.</summary>
    public int SamplesPerEpoch => Packed?.RowsPerEpoch ?? Train.Length;

    /// <summary>Makes training batches.</summary>
    public SampleInputs Inputs { get; }

    /// <summary>Makes the batches that evaluation sees; nothing random.</summary>
    public SampleInputs PlainInputs { get; }

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
    /// <param name="folder">The run, whose tokenizer is used where it has one; null for none.</param>
    /// <exception cref="DataSourceException">The data can't be had, or has no such column.</exception>
    public static async Task<RunData> OpenAsync(Recipe recipe, DataOptions options, CancellationToken cancellation, RunFolder? folder = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(options);
        if (recipe.Data.Cache is { } cache)
            options = options with { CacheFolder = cache };
        if (recipe.Data.Exclude is { } exclude)
            options = options with { Exclude = exclude };
        var wanted = recipe.Data.Inputs();
        options = options with { Modalities = wanted };
        var set = await OpenAsync(recipe.Data.Source, recipe.Data.Where, wanted, options, cancellation).ConfigureAwait(false);
        var sets = new List<DataSet>();
        try
        {
            if (recipe.Data.Add.Count > 0)
                set = await AddAsync(set, recipe.Data.Add, wanted, options, cancellation).ConfigureAwait(false);
            foreach (var further in recipe.Evaluate?.Sets ?? [])
                sets.Add((await DataSource.OpenAsync(further.Source, options, cancellation).ConfigureAwait(false)).Holding(wanted));
            var part = recipe.Data.Split == TrainingPart.All ? [.. Enumerable.Range(0, set.Count)] : (int[])[.. set.Split(Convert(recipe.Data.Split)), .. set.Split(DataSplit.Added)];
            var tokenizer = RunTokenizer.Open(recipe, set, part, folder);
            return new RunData(recipe, set, part, InputFields.Of(recipe, tokenizer)) { EvaluationSets = sets, Tokenizer = tokenizer };
        }
        catch
        {
            set.Dispose();
            sets.ForEach(further => further.Dispose());
            throw;
        }
    }

    /// <summary>Opens the data as <see cref="OpenAsync(Recipe, DataOptions, CancellationToken, RunFolder)"/> does; where that fails, says where the source was written.</summary>
    /// <param name="loaded">The recipe, with where its values came from.</param>
    /// <param name="options">Cache folder and progress.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <param name="folder">The run, whose tokenizer is used where it has one; null for none.</param>
    /// <exception cref="RecipeException">The source is nothing that can be opened.</exception>
    /// <exception cref="DataSourceException">The data can't be had, or has no such column.</exception>
    public static Task<RunData> OpenAsync(LoadedRecipe loaded, DataOptions options, CancellationToken cancellation, RunFolder? folder = null)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        var sources = loaded.Recipe.Data.Add.Select((added, k) => ($"data.add[{k}].source", added.Source)).Prepend(("data.source", loaded.Recipe.Data.Source));
        var faults = new List<RecipeFault>();
        foreach (var (key, source) in sources)
        {
            if (DataSource.Judge(source) is { } fault)
                faults.Add(new RecipeFault(loaded.Origins.GetValueOrDefault(key, ValueOrigin.Default), key, fault));
        }

        return faults.Count > 0 ? throw new RecipeException(faults) : OpenAsync(loaded.Recipe, options, cancellation, folder);
    }

    private static async Task<DataSet> OpenAsync(string source, IEnumerable<WhereSettings> conditions, ModalitySet wanted, DataOptions options, CancellationToken cancellation)
    {
        var set = await DataSource.OpenAsync(source, options, cancellation).ConfigureAwait(false);
        try
        {
            foreach (var where in conditions)
                set = set.Where(where.Column, where.Values);
            return set.Holding(wanted);
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    private static async Task<DataSet> AddAsync(DataSet set, IReadOnlyList<AddedDataSettings> added, ModalitySet wanted, DataOptions options, CancellationToken cancellation)
    {
        var others = new List<DataSet>();
        try
        {
            foreach (var part in added)
                others.Add(await OpenAsync(part.Source, part.Where, wanted, options with { Exclude = null }, cancellation).ConfigureAwait(false));
            return set.With(others);
        }
        catch
        {
            others.ForEach(other => other.Dispose());
            throw;
        }
    }

    /// <summary>Counts the tokens of all training texts, where the recipe packs them: needed before <see cref="Batches"/> and <see cref="SamplesPerEpoch"/>.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="phase">Told that texts are counted, for a person.</param>
    /// <param name="cancellation">Stops between texts.</param>
    /// <exception cref="DataSourceException">None of them can be read.</exception>
    public void Pack(Recipe recipe, Action<string>? phase, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.Data.Text is not { Packing: not TextPacking.None })
            return;
        phase?.Invoke(FormattableString.Invariant($"Counting the tokens of {Train.Length} texts"));
        Packed = PackedTexts.Measure(Set, Train, (TextField)Inputs.Fields[0], recipe.Data.Workers, cancellation);
    }

    /// <summary>A loader of training batches.</summary>
    /// <param name="recipe">Batch size, seed, workers.</param>
    /// <param name="start">Samples already seen.</param>
    /// <param name="quarantine">Told of samples that can't be used.</param>
    public BatchLoader Batches(Recipe recipe, long start, Quarantine quarantine)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (Packed is null && recipe.Data.Text is { Packing: not TextPacking.None })
            throw new InvalidOperationException("packed texts are counted first; call Pack");
        return new BatchLoader(Set, Train, Inputs.Fields, new BatchLoaderSettings
        {
            BatchSize = recipe.MicroBatch ?? recipe.Batch,
            Seed = recipe.Seed,
            Start = start,
            Workers = recipe.Data.Workers,
            CacheBytes = PictureCacheBytes,
            LabelColumns = Labels is null ? [] : [Labels.Column],
            RequireAll = recipe.Data.Need == SampleNeed.All,
            BucketBatches = recipe.Data.Buckets,
            Mix = recipe.Data.Mix?.Shares() ?? [],
            DrawEvery = recipe.Batch,
            Packed = Packed,
        }, quarantine);
    }

    /// <summary>Closes the samples.</summary>
    public void Dispose()
    {
        Set.Dispose();
        foreach (var set in EvaluationSets)
            set.Dispose();
    }

    private static DataSplit Convert(TrainingPart split) => split switch
    {
        TrainingPart.Train => DataSplit.Train,
        TrainingPart.Validation => DataSplit.Validation,
        _ => DataSplit.Test,
    };
}
