using System.Diagnostics;
using Selfsame.Data.Loading;
using Selfsame.Evaluation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training.Planning;

/// <summary>Finds out what a run would do: opens its data, builds its model, runs a few real steps and throws them away. The run folder is not touched.</summary>
public sealed class RunPlanner : IDisposable
{
    private const int Steps = 3, CurvePoints = 60, Prefetched = 5, FewSamples = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LoadedRecipe _loaded;
    private readonly Recipe _recipe;
    private readonly string _folder;
    private readonly RunData _data;
    private readonly TrainingModel _model;
    private readonly ComputePrecision _precision;
    private readonly long _process;
    private readonly bool _fast;

    private RunPlanner(LoadedRecipe loaded, string folder, RunData data)
    {
        (_loaded, _recipe, _folder, _data) = (loaded, loaded.Recipe, folder, data);
        var features = RunEnvironment.Capture().CpuFeatures;
        var device = RunDevice.Of(_recipe.Device);
        _precision = ComputePrecision.Resolve(_recipe.Precision, device, features);
        _fast = ComputePrecision.Resolve(Precision.Auto, device, features).Low;
        _process = MachineMemory.Resident;
        _model = new TrainingModel(_recipe, data.Model, device, _precision.Low);
    }

    /// <summary>Makes the plan of a run.</summary>
    /// <param name="options">As for <see cref="Pretraining.RunAsync"/>.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="Data.DataSourceException">The data can't be had.</exception>
    public static async Task<RunPlan> PlanAsync(PretrainingOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.OnPhase?.Invoke($"Opening {options.Recipe.Recipe.Data.Source}");
        using var data = await RunData.OpenAsync(options.Recipe, options.Data, cancellation, new RunFolder(options.Folder)).ConfigureAwait(false);
        data.Pack(options.Recipe.Recipe, options.OnPhase, cancellation);
        TorchRuntime.UseCores();
        options.OnPhase?.Invoke("Measuring a few steps");
        using var planner = new RunPlanner(options.Recipe, options.Folder, data);
        return planner.Plan(cancellation);
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();

    private RunPlan Plan(CancellationToken cancellation)
    {
        var quarantine = new Quarantine();
        var floats = _data.Inputs.FloatsPerSample;
        var loaderBytes = (long)(_recipe.MicroBatch ?? _recipe.Batch) * floats * sizeof(float) * Prefetched;
        var available = MachineMemory.Available();
        BatchRoom.Require(_loaded, floats, available);
        var roomy = loaderBytes < available / 2;
        // Without room for whole batches a few samples tell what each of them takes.
        var few = roomy ? _recipe : _recipe with { Batch = Math.Min(_recipe.Batch, FewSamples), MicroBatch = null };
        using var batches = _data.Batches(few, 0, quarantine);
        StepMemory needs;
        IReadOnlyList<NamedShape> shapes, stages;
        using (var host = batches.Next(cancellation)!)
        {
            using var scope = Scope.Enter();
            var batch = _data.Inputs.Batch(host);
            shapes = [.. batch.Shapes().Select(tensor => new NamedShape(tensor.Name, [_recipe.MicroBatch ?? _recipe.Batch, .. tensor.Shape.Skip(1)]))];
            stages = Stages(batch, Math.Min(2, host.Count), host.Count);
            needs = new StepProbe(_model, new TrainingStep(_recipe, _model, _precision)).Measure(batch, host.Count);
        }

        var limit = _recipe.MicroBatch ?? (_model.Objective.IsMeanOverSamples ? needs.LargestPart(_recipe.Batch, available) : _recipe.Batch);
        var extrapolated = MachineMemory.Resident + Math.Max(0, (long)needs.For(limit) - TorchMemory.Kept) + loaderBytes;
        var picture = PictureBytes();
        var fits = roomy && needs.For(limit) < available;
        var (seconds, peak) = fits ? Measure(limit, batches, cancellation) : ([], 0);
        var length = Length(seconds);
        var pictures = Kept(picture, length.Samples ?? long.MaxValue);
        var already = Kept(picture, (Steps + Prefetched) * (long)_recipe.Batch);
        var scheduled = length.Steps ?? 1_000_000;
        var plan = new RunPlan
        {
            System = _recipe.System,
            Folder = _folder,
            Recipe = [.. RecipeWriter.Values(_recipe).Select(Value)],
            Data = new PlannedData(_data.Set.Name, _data.Set.Count, _data.Train.Length, _data.Packed?.RowsPerEpoch),
            Batch = shapes,
            Stages = stages,
            Parts = Parts(),
            TrainedParameters = _model.Arena.Parameters.Sum(p => p.Value.ElementCount),
            TotalParameters = _model.Objective.Parameters().Sum(p => p.Value.ElementCount),
            Length = length,
            Memory = Memory(needs, limit, available, loaderBytes, pictures, fits ? peak + Math.Max(0, pictures - already) : extrapolated + pictures, fits),
            Time = seconds.Count == 0 ? null : new PlannedTime(seconds, _recipe.Batch / Median(seconds), length.Steps * Median(seconds)),
            Precision = _precision.Name,
            Rate = Curve(RecipeSchedules.Rate(_recipe.Schedule, _recipe.Optimizer.RateFor(_recipe.Batch), scheduled, _recipe.Batch, _data.SamplesPerEpoch), scheduled),
            TeacherMomentum = _model.HasTeacher
                ? Curve(RecipeSchedules.Momentum(_recipe.Ema, _recipe.Objective.TeacherMomentum, scheduled, _recipe.Batch, _data.SamplesPerEpoch), scheduled) : [],
            Warnings = [],
        };
        return plan with { Warnings = [.. PlanWarnings.Of(_recipe, plan, _model.Objective.IsMeanOverSamples, _fast)] };
    }

    private PlannedValue Value(KeyValuePair<string, string> pair)
    {
        var origin = _loaded.Origins.GetValueOrDefault(pair.Key, ValueOrigin.Default);
        return new PlannedValue(pair.Key, pair.Value, origin.Kind.ToString().ToLowerInvariant(), origin.Kind == OriginKind.Default ? null : origin.ToString());
    }

    // The very steps a run would take, with their loader.
    private (IReadOnlyList<double> Seconds, long Peak) Measure(int micro, BatchLoader batches, CancellationToken cancellation)
    {
        // What the small passes left behind is not the run's.
        TorchMemory.Trim();
        MachineMemory.ResetPeakResident();
        var recipe = micro < _recipe.Batch ? _recipe with { MicroBatch = micro } : _recipe;
        var loop = new TrainingLoop(recipe, _model, batches, _data.Inputs, _precision, new LossGuard(int.MaxValue, null, 1));
        var seconds = new List<double>(Steps);
        var rate = _recipe.Optimizer.RateFor(_recipe.Batch) * 1e-3;
        for (var k = 0; k <= Steps; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            loop.RunStep(rate, 1, cancellation);
            var taken = Stopwatch.GetElapsedTime(start);
            if (k > 0 || taken > Patience)
                seconds.Add(taken.TotalSeconds);
            if (taken > Patience)
                break;
        }

        return (seconds, MachineMemory.PeakResident);
    }

    private List<NamedShape> Stages(Batch batch, int count, int total)
    {
        using var scope = Scope.Enter();
        using var trace = ShapeTrace.Start();
        using (GradMode.Off())
            new TrainingStep(_recipe, _model, _precision).Compute(count == total ? batch : batch.Rows(0, count), 0, new BatchPart(0, count, total));
        var stages = new List<NamedShape>();
        var (first, last) = ("", "");
        foreach (var (name, _, shape) in trace.Stages)
        {
            var at = name.LastIndexOf('.');
            if (name.Count(c => c == '.') > 2 || name.Length == 0)
                continue;
            long[] full = [shape[0] / count * (_recipe.MicroBatch ?? _recipe.Batch), .. shape.AsSpan(1)];
            // Blocks that follow each other and put out the same are one line.
            if (stages.Count > 0 && at > 0 && int.TryParse(name.AsSpan(at + 1), out _) && last.StartsWith(name[..(at + 1)], StringComparison.Ordinal)
                && last.LastIndexOf('.') == at && stages[^1].Shape.SequenceEqual(full))
            {
                stages[^1] = new NamedShape($"{first} to {name[(at + 1)..]}", full);
            }
            else
            {
                stages.Add(new NamedShape(name, full));
                first = name;
            }

            last = name;
        }

        return stages;
    }

    private PlannedPart[] Parts()
    {
        var trained = _model.Arena.Parameters.Select(p => p.FullName).ToHashSet(StringComparer.Ordinal);
        return [.. _model.Objective.Parameters().GroupBy(p => p.FullName.Split('.')[0]).Select(part => new PlannedPart(
            part.Key, part.Sum(p => p.Value.ElementCount), part.Where(p => trained.Contains(p.FullName)).Sum(p => p.Value.ElementCount)))];
    }

    private PlannedLength Length(IReadOnlyList<double> seconds)
    {
        var (batch, epoch) = (_recipe.Batch, _data.SamplesPerEpoch);
        var steps = _recipe.Duration.ToSteps(batch, epoch)
            ?? (seconds.Count > 0 ? (long)Math.Ceiling(_recipe.Duration.Time!.Value.TotalSeconds / Median(seconds)) : null);
        var done = Directory.Exists(_folder) ? new RunFolder(_folder).CheckpointSteps().DefaultIfEmpty().Max() : 0;
        return new PlannedLength(steps, steps * batch, steps * (double)batch / epoch, _recipe.Schedule.Warmup.ToSteps(steps ?? 1_000_000, batch, epoch), done);
    }

    private PlannedMemory Memory(StepMemory needs, int micro, long available, long loader, long pictures, long peak, bool measured)
    {
        const int Number = sizeof(float);
        var trained = _model.Arena.Size;
        var all = _model.Objective.Parameters().Sum(p => p.Value.ElementCount);
        return new PlannedMemory
        {
            TrainingPeak = peak,
            Measured = measured,
            Available = available,
            Process = _process,
            Weights = trained * (Number + (_precision.Low ? Number / 2 : 0)),
            Gradients = trained * Number,
            Optimizer = _model.Optimizer.State.Sum(state => state.Value.ElementCount) * Number,
            Teacher = (all - trained > 0 ? all - trained : 0) * (Number + (_precision.Low ? Number / 2 : 0)),
            Loader = loader,
            Pictures = pictures,
            Activations = (long)needs.For(micro),
            ActivationsPerSample = (long)needs.PerSample,
            MicroBatch = micro,
            EvaluationTables = Tables(),
        };
    }

    // The loader keeps decoded pictures up to a limit.
    private long Kept(long picture, long samples) => Math.Min(RunData.PictureCacheBytes, picture * Math.Min(samples, _data.Train.Length));

    private long PictureBytes()
    {
        if (!_recipe.Data.Inputs().Contains(Modality.Image))
            return 0;
        var (bytes, count) = (0L, 0);
        foreach (var index in _data.Train.Where((_, k) => k % Math.Max(1, _data.Train.Length / 8) == 0).Take(8))
        {
            try
            {
                using var picture = _data.Set.ReadImage(index);
                (bytes, count) = (bytes + picture.Pixels.Length, count + 1);
            }
            catch (Exception e) when (e is Modalities.Media.MediaException or IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // A sample that can't be read takes no memory either.
            }
        }

        return count == 0 ? 0 : bytes / count;
    }

    // Training, validation and test part side by side, and once more standardised for the probe.
    private long Tables()
    {
        if (_recipe.Evaluate is not { } evaluate)
            return 0;
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var layers = evaluate.Features.Layers.Count > 0 ? (IReadOnlyList<int>)evaluate.Features.Layers : _model.Objective.FeatureLayers;
        if (_data.PlainInputs.Pictures is not var (_, shape))
            return 0; // of other modalities the samples' lengths are not known
        var (side, channels) = (shape.Height, shape.Channels);
        var width = FeatureReader.Pooled(_model.Objective.Features(evaluate.Features.Averaged), layers, evaluate.Features.Pooling)(
            new Batch(Ops.Zeros([1, channels, side, side], device: _precision.Device))).Size(1);
        var rows = Rows(Data.DataSplit.Train, evaluate.TrainSamples) + Rows(Data.DataSplit.Validation, evaluate.TestSamples) + Rows(Data.DataSplit.Test, evaluate.TestSamples);
        return 2L * rows * Math.Max(width, (long)channels * side * side) * sizeof(float);

        int Rows(Data.DataSplit part, int? most) => Math.Min(most ?? int.MaxValue, _data.Set.Split(part).Length);
    }

    private static double[] Curve(Schedules.ISchedule schedule, long steps)
    {
        var count = (int)Math.Min(CurvePoints, Math.Max(1, steps));
        return [.. Enumerable.Range(0, count).Select(k => schedule.At(count == 1 ? 0 : (double)k * (steps - 1) / (count - 1)))];
    }

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
