using Selfsame.Data;
using Selfsame.Evaluation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>A run folder opened for use: its recipe, its data, and the model of its newest checkpoint.</summary>
public sealed class TrainedRun : IDisposable
{
    private readonly TrainingModel _model;

    private TrainedRun(RunFolder folder, Recipe recipe, RunData data, ComputePrecision precision)
    {
        (Folder, Recipe, Data, Precision) = (folder, recipe, data, precision);
        _model = new TrainingModel(recipe, data.Model, precision.Device, precision.Low);
        State = new CheckpointState { Step = 0, Samples = 0, Position = 0, Seconds = 0, Seed = recipe.Seed, OptimizerSteps = 0, Started = default };
    }

    /// <summary>The run folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>The recipe, with overrides.</summary>
    public Recipe Recipe { get; }

    /// <summary>The data.</summary>
    public RunData Data { get; }

    /// <summary>Number format to compute in.</summary>
    public ComputePrecision Precision { get; }

    /// <summary>Where the run stands.</summary>
    public CheckpointState State { get; private set; }

    /// <summary>The method with its trained weights, in evaluation mode.</summary>
    public Objective Objective => _model.Objective;

    /// <summary>Opens a run.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="overrides">Changes to the recipe, for instance of what is evaluated.</param>
    /// <param name="options">Where data sets are kept.</param>
    /// <param name="cancellation">Stops fetching data.</param>
    /// <exception cref="CheckpointException">The folder holds no run, or no checkpoint that is whole.</exception>
    public static async Task<TrainedRun> OpenAsync(string path, IReadOnlyList<Override> overrides, DataOptions options, CancellationToken cancellation)
    {
        var folder = new RunFolder(path);
        if (!File.Exists(folder.RecipePath))
            throw new CheckpointException($"{path} is not a run folder: it has no recipe.yaml");
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(folder.RecipePath, overrides, new Dictionary<string, string>()).Recipe;
        var problems = new List<string>();
        var latest = Checkpoint.Latest(folder, problems.Add)
            ?? throw new CheckpointException(problems.Count > 0 ? string.Join('\n', problems) : $"{path} has no checkpoint yet");
        var data = await RunData.OpenAsync(recipe, options, cancellation, folder).ConfigureAwait(false);
        TorchRuntime.UseCores();
        var precision = ComputePrecision.Resolve(recipe.Precision, RunDevice.Here(recipe.Device), RunEnvironment.Capture().CpuFeatures);
        var run = new TrainedRun(folder, recipe, data, precision);
        try
        {
            run._model.LoadWeights(latest.Path);
        }
        catch
        {
            run.Dispose();
            throw;
        }

        run.State = latest.State;
        run.Objective.Train(false);
        return run;
    }

    /// <summary>An evaluator for what the recipe asks; the recipe's own block, or the default one where it has none.</summary>
    public RunEvaluator Evaluator() => RunEvaluator.Of(Recipe, Data);

    /// <summary>Shows samples of this run.</summary>
    public SampleExhibit Exhibit() => new(Recipe.Data, Data.Range, Data.Tokenizer);

    /// <summary>Reads test samples that have all of some modalities as one batch, and hands it on; the batch is freed when <paramref name="use"/> returns.</summary>
    /// <param name="modalities">What each must have.</param>
    /// <param name="most">At most so many, spread evenly over the test part, or over all data where there is none.</param>
    /// <param name="use">Takes the batch.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="DataSourceException">There is none that could be read.</exception>
    public T WithTestSamples<T>(IReadOnlyList<string> modalities, int most, Func<Batch, T> use, CancellationToken cancellation)
    {
        var part = Data.Set.Split(DataSplit.Test);
        if (part.Length == 0)
            part = [.. Enumerable.Range(0, Data.Set.Count)];
        return SampleBatches.Read(Data.Set, Data.PlainInputs, SampleBatches.Having(Data.Set, part, modalities, most), use, cancellation);
    }

    /// <summary>Frees model and data.</summary>
    public void Dispose()
    {
        _model.Dispose();
        Data.Dispose();
    }
}
