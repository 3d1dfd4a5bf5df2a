using Selfsame.Generation;
using System.Text.Json.Nodes;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Evaluation;
using Selfsame.Evaluation.Gallery;
using Selfsame.Evaluation.Report;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Logging;
using Selfsame.Training.Planning;
using Selfsame.Training.Progress;

namespace Selfsame.Training;

/// <summary>What a pre-training run is started with.</summary>
public sealed record PretrainingOptions
{
    /// <summary>The recipe, with where its values came from.</summary>
    public required LoadedRecipe Recipe { get; init; }

    /// <summary>The systems that the recipe was read with; a table of one's own knows further objectives.</summary>
    public SystemTable Systems { get; init; } = SystemTable.BuiltIn;

    /// <summary>Folder of the run; an unfinished run in it goes on.</summary>
    public required string Folder { get; init; }

    /// <summary>The recipe's file, for the record; null when it did not come from one.</summary>
    public string? RecipeFile { get; init; }

    /// <summary>The command as typed, for the record.</summary>
    public string Command { get; init; } = "";

    /// <summary>Watches the run.</summary>
    public ITrainingObserver Observer { get; init; } = new ObserverGroup();

    /// <summary>Where data sets are kept, and who watches them being fetched.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Also measure random weights and the raw input. True by default; a comparison of arms needs neither, and they take as long as the evaluation itself.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>Draw the figures of the report: map, neighbours, attention and the like. True by default.</summary>
    public bool Figures { get; init; } = true;

    /// <summary>Told when a phase other than training begins, for a person.</summary>
    public Action<string>? OnPhase { get; init; }
}

/// <summary>A pre-training run from recipe to report: continues where its folder left off.</summary>
public sealed class Pretraining : IDisposable
{
    private const int VirtualSteps = 1_000_000;  // resolution of schedules when the run is limited by time

    private readonly PretrainingOptions _options;
    private readonly Recipe _recipe;
    private readonly RunFolder _folder;
    private readonly RunData _data;
    private readonly TrainingModel _model;
    private readonly ComputePrecision _precision;
    private readonly RunEvaluator? _evaluator;
    private readonly RunHealth _health;
    private readonly RunEnvironment _environment;
    private readonly Quarantine _quarantine;
    private readonly ThroughputMeter _throughput;
    private CheckpointState _state;
    private int _reportedBad;
    private long _peak;
    private long? _trainingPeak;
    private readonly List<string> _splits = [];

    private Pretraining(PretrainingOptions options, RunFolder folder, RunData data)
    {
        (_options, _recipe, _folder, _data) = (options, options.Recipe.Recipe, folder, data);
        _environment = RunEnvironment.Capture(new Dictionary<string, string> { ["libtorch"] = TorchRuntime.Version });
        var device = RunDevice.Of(_recipe.Device);
        _precision = ComputePrecision.Resolve(_recipe.Precision, device, _environment.CpuFeatures);
        _model = new TrainingModel(_recipe, data.Model, device, _precision.Low);
        _quarantine = new Quarantine(folder.QuarantinePath, _recipe.Data.MaxBad, options.Time);
        _evaluator = _recipe.Evaluate is not null
            ? RunEvaluator.Of(_recipe, data, options.Data.CacheFolder)
            : null;
        _health = new RunHealth(_model.Objective, _recipe, options.Observer, Pulse);
        _throughput = new ThroughputMeter(options.Time);
        _state = new CheckpointState { Step = 0, Samples = 0, Position = 0, Seconds = 0, Seed = _recipe.Seed, OptimizerSteps = 0, Started = options.Time.GetUtcNow() };
    }

    /// <summary>Runs, or goes on with, a recipe.</summary>
    /// <param name="options">Recipe, folder and watchers.</param>
    /// <param name="cancellation">Finishes the step, saves a checkpoint and stops.</param>
    /// <returns>The result, also in <c>result.json</c>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the same command goes on from the checkpoint.</exception>
    /// <exception cref="TrainingStoppedException">The loss stayed unusable, or the folder holds another run.</exception>
    /// <exception cref="DataSourceException">The data can't be had.</exception>
    public static async Task<RunResult> RunAsync(PretrainingOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = new RunFolder(options.Folder);
        folder.Create();
        using var taken = folder.Lock(options.Time);
        RequireSameRecipe(options, folder);
        options.OnPhase?.Invoke($"Opening {options.Recipe.Recipe.Data.Source}");
        using var data = await RunData.OpenAsync(options.Recipe, options.Data, cancellation, folder).ConfigureAwait(false);
        RunTokenizer.Keep(data, folder);
        data.Pack(options.Recipe.Recipe, options.OnPhase, cancellation);
        BatchRoom.Require(options.Recipe, data.Inputs.FloatsPerSample, MachineMemory.Available());
        TorchRuntime.UseCores();
        using var run = new Pretraining(options, folder, data);
        return run.Run(cancellation);
    }

    /// <summary>Frees model and files.</summary>
    public void Dispose()
    {
        _quarantine.Dispose();
        _model.Dispose();
    }

    private RunResult Run(CancellationToken cancellation)
    {
        Resume();
        _quarantine.CountIndex(_data.Set);
        if (_data.Packed is { } packed)
            _quarantine.Count(packed.Count, packed.Problems);
        ReportQuarantine();
        foreach (var (path, excluded, unknown) in _data.Set.ExclusionLists)
            _options.Observer.On(new TrainingEvent.Warning(FormattableString.Invariant($"{excluded} samples are left out by {path}") + (unknown > 0 ? FormattableString.Invariant($"; {unknown} names in it are not in the data") : "")));
        MeasureBaselines(cancellation);
        StartFromWeights(cancellation);
        _health.Begin(_folder, _state);
        var outcome = RunOutcome.Failed;
        try
        {
            _peak = MachineMemory.PeakResident;
            var counted = MachineMemory.ResetPeakResident();
            Train(cancellation);
            _trainingPeak = counted ? MachineMemory.PeakResident : null;
            _peak = Math.Max(_peak, MachineMemory.PeakResident);
            outcome = RunOutcome.Completed;
        }
        catch (OperationCanceledException)
        {
            outcome = RunOutcome.Interrupted;
            throw;
        }
        finally
        {
            _options.Observer.On(new TrainingEvent.Finished(_state.Step, _state.Seconds, _state.Step > 0 ? _state.Loss : null, outcome));
        }

        return Conclude(cancellation);
    }

    private void Resume()
    {
        if (Checkpoint.Latest(_folder, problem => _options.Observer.On(new TrainingEvent.Warning(problem))) is { } latest)
        {
            _model.Load(latest.Path, latest.State);
            _state = latest.State;
        }

        Checkpoint.SetAside(_folder, _state.Step);
    }

    private void MeasureBaselines(CancellationToken cancellation)
    {
        if (_evaluator is null || !_options.Baselines || _state.Baselines.Count > 0 || _state.Step > 0)
            return;
        _options.OnPhase?.Invoke("Measuring the baselines: random weights and raw input");
        _state = _state with
        {
            Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>
            {
                [RunResult.RandomInit] = Dictionary(Evaluate(samples: true, cancellation)),
                [RunResult.RawInput] = Dictionary(_evaluator.EvaluateRawInput(cancellation)),
            },
        };
    }

    private void StartFromWeights(CancellationToken cancellation)
    {
        if (_recipe.From is not { } from || _state.Step > 0)
            return;
        _options.OnPhase?.Invoke($"Starting from the weights of {from.Path}");
        _state = _state with { StartedFrom = WeightStart.Apply(_model, from) };
        if (_evaluator is not null && !_state.Baselines.ContainsKey(RunResult.StartWeights))
            _state = _state with { Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>(_state.Baselines) { [RunResult.StartWeights] = Dictionary(Evaluate(samples: true, cancellation)) } };
    }

    // True when the watched metric has not improved for as long as the recipe is patient.
    private bool Stalled(long batch, long epoch) =>
        _recipe.Checkpoint.Patience?.ToSteps(batch, epoch) is { } patience && _state.BestStep is { } best && _state.Step - best >= patience;

    private void Train(CancellationToken cancellation)
    {
        var (batch, epoch) = (_recipe.Batch, _data.SamplesPerEpoch);
        var total = _recipe.Duration.ToSteps(batch, epoch);
        var budget = _recipe.Duration.Time;
        var scheduled = total ?? VirtualSteps;
        var rate = RecipeSchedules.Rate(_recipe.Schedule, _recipe.Optimizer.RateFor(batch), scheduled, batch, epoch);
        var momentum = RecipeSchedules.Momentum(_recipe.Ema, _recipe.Objective.TeacherMomentum, scheduled, batch, epoch);
        var guard = new LossGuard(_recipe.Guard.MaxSkipped, _recipe.Guard.SpikeFactor, _recipe.Guard.Window, _state.RecentLosses) { Skipped = _state.Skipped };
        using var batches = _data.Batches(_recipe, _state.Position, _quarantine);
        using var log = MetricsLog.Open(_folder.MetricsPath, _state.Step, _options.Time);
        using var board = new TensorBoardWriter(_folder.EventsPath, _state.Step, _options.Time);
        var loop = new TrainingLoop(_recipe, _model, batches, _data.Inputs, _precision, guard)
        {
            Step = _state.Step,
            Position = _state.Position,
            OnSkipped = text => _options.Observer.On(new TrainingEvent.Warning(text)),
            OnSplit = Split,
            BadBatchFolder = Path.Combine(_folder.Path, "debug"),
        };
        loop.FitMemory(MachineMemory.Available(), cancellation);
        var start = TimeSpan.FromSeconds(_state.Seconds);
        var (logs, saves, judges) = (new Every(_recipe.Log.Every, batch, epoch, start), new Every(_recipe.Checkpoint.Every, batch, epoch, start), new Every(_recipe.Evaluate?.Every, batch, epoch, start));
        var clock = new TrainingClock(_options.Time, _state.Seconds);
        _options.Observer.On(new TrainingEvent.Started(_recipe.System, _folder.Path, _state.Step, total ?? 0));

        bool Finished() => total is { } steps ? loop.Step >= steps : clock.Elapsed >= budget!.Value;
        for (var finished = Finished() || Stalled(batch, epoch); !finished;)
        {
            var progress = total is null ? Math.Min(1, clock.Elapsed / budget!.Value) * VirtualSteps : loop.Step;
            var waited = batches.Waited;
            if (cancellation.IsCancellationRequested)
            {
                Update(loop, guard, clock);
                Save(log);
                cancellation.ThrowIfCancellationRequested();
            }

            var now = rate.At(progress);
            try
            {
                loop.RunStep(now, momentum.At(progress), CancellationToken.None);
            }
            catch (TrainingStoppedException stopped)
            {
                Update(loop, guard, clock);  // so that the last event tells where
                _health.GaveUp(stopped.Message);
                throw;
            }

            _health.Step(loop.LastLoss);
            _throughput.Step(batch, batches.Waited - waited);
            finished = Finished();  // asked once a step: by the clock, a later answer could differ
            if (logs.Due(loop.Step, clock.Elapsed) || finished)
            {
                Update(loop, guard, clock);
                WriteLog(loop.Report(), now, momentum.At(progress), log, board, total ?? Estimate(clock, budget!.Value, loop.Step));
                clock.Pause();
                _health.Look(finished ? 1 : progress / scheduled);
                clock.Resume();
            }

            var judging = _evaluator is not null && !finished && judges.Due(loop.Step, clock.Elapsed);
            if (finished || (!judging && !saves.Due(loop.Step, clock.Elapsed)))
                continue;
            Update(loop, guard, clock);
            clock.Pause();
            _throughput.Pause();
            try
            {
                if (judging)
                    Judge(log, board, cancellation);
            }
            finally
            {
                Save(log);  // also when the evaluation is interrupted
            }

            _throughput.Resume();
            clock.Resume();
            finished = Stalled(batch, epoch);
        }

        Update(loop, guard, clock);
        Save(log);
    }

    private static long Estimate(TrainingClock clock, TimeSpan budget, long step) =>
        (long)(step * Math.Max(1, budget / TimeSpan.FromSeconds(Math.Max(1e-3, clock.Elapsed.TotalSeconds))));

    private void Split(string text)
    {
        _options.Observer.On(new TrainingEvent.Warning(text));
        _splits.Add(text);
    }

    private void Update(TrainingLoop loop, LossGuard guard, TrainingClock clock) => _state = _state with
    {
        Step = loop.Step,
        Samples = loop.Step * _recipe.Batch,
        Position = loop.Position,
        Seconds = clock.Elapsed.TotalSeconds,
        OptimizerSteps = _model.Optimizer.StepCount,
        Skipped = guard.Skipped,
        RecentLosses = guard.Recent,
        MicroBatch = loop.MicroBatch < _recipe.Batch ? loop.MicroBatch : null,
    };

    private void WriteLog(StepReport report, double rate, double momentum, MetricsLog log, TensorBoardWriter board, long total)
    {
        if (double.IsFinite(report.Loss) || _state.Step == 0)
            _state = _state with { Loss = report.Loss };
        var speed = _throughput.SamplesPerSecond;
        List<Metric> metrics =
        [
            new("loss", report.Loss), .. report.Metrics, new("rate", rate), new("samples_per_second", speed), new("data_wait_share", _throughput.DataWaitShare),
        ];
        if (_model.HasTeacher)
            metrics.Add(new Metric("teacher_momentum", momentum));
        if (_state.Skipped > 0)
            metrics.Add(new Metric("skipped_steps", _state.Skipped));
        if (_state.MicroBatch is { } micro && micro != _recipe.MicroBatch)
            metrics.Add(new Metric("micro_batch", micro));
        log.Write(_state.Step, _state.Samples, metrics.ToArray());
        board.Scalars(metrics.ToArray(), _state.Step);
        ReportQuarantine();
        _options.Observer.On(new TrainingEvent.StepDone(_state.Step, total, report.Loss, report.Metrics, speed, _throughput.DataWaitShare, _throughput.Eta(_state.Step, total)));
    }

    private void ReportQuarantine()
    {
        if (_quarantine.Bad == _reportedBad)
            return;
        _reportedBad = _quarantine.Bad;
        _options.Observer.On(new TrainingEvent.Skipped(_folder.QuarantinePath, "samples that can't be used are listed there", _reportedBad));
    }

    private void Judge(MetricsLog log, TensorBoardWriter board, CancellationToken cancellation)
    {
        var metrics = Evaluate(samples: false, cancellation).ToArray();
        log.Write(_state.Step, _state.Samples, metrics);
        board.Scalars(metrics, _state.Step);
        DrawSamples(board, cancellation);
        DrawFigures(finished: false, cancellation);
        _options.Observer.On(new TrainingEvent.Evaluated(_state.Step, metrics));
        if (_recipe.Checkpoint.Best is not { } name || metrics.FirstOrDefault(m => m.Name == name) is not { Name: not null } found)
            return;
        var lower = MetricComparison.DirectionOf(name) == MetricDirection.Lower;
        if (_state.BestValue is not { } best || (lower ? found.Value < best : found.Value > best))
            _state = _state with { BestValue = found.Value, BestStep = _state.Step };
    }

    // Not to be cancelled: it takes a moment.
    private FeatureHealth? Pulse()
    {
        using var precision = _precision.Enter();
        return _evaluator?.Pulse(_model.Objective, CancellationToken.None);
    }

    private IReadOnlyList<Metric> Evaluate(bool samples, CancellationToken cancellation)
    {
        using var precision = _precision.Enter();
        var metrics = _evaluator!.Evaluate(_model.Objective, samples, cancellation);
        TorchMemory.Trim();  // its sizes do not come again while training
        return metrics;
    }

    private void Save(MetricsLog log)
    {
        log.Flush(toDisk: true);
        var path = Checkpoint.Save(_folder, _state, _model.Files(), _recipe.Checkpoint.Keep, _state.BestStep);
        _options.Observer.On(new TrainingEvent.CheckpointSaved(_state.Step, path));
    }

    private void DrawSamples(TensorBoardWriter? board, CancellationToken cancellation)
    {
        if (_model.Objective is IGenerator { Generates: not [Modality.Image] } other && _recipe.Evaluate?.Samples is { } some)
        {
            DrawModalities(other, some, board, cancellation);
            return;
        }

        if (_model.Objective is not IGenerator generator || _recipe.Evaluate?.Samples is not { } wanted)
            return;
        using var scope = Scope.Enter();
        using var precision = _precision.Enter();
        const int Count = 64;
        var labels = generator.Classes > 0 ? Tensor.From<long>([.. Enumerable.Range(0, Count).Select(k => (long)(k % generator.Classes))]) : null;
        var samples = generator.MakeOnHost(Count, labels, RunEvaluator.SamplerOf(wanted, labels is not null), new SeededStep(_recipe.Seed, long.MaxValue - 1), averaged: true, cancellation);
        var png = SampleGrid.Png(_evaluator!.ToPixels(samples));
        var file = _folder.Sample("samples", _state.Step);
        AtomicFile.Write(file, png);
        board?.Image("samples", png, _state.Step);
    }

    // Each modality by itself, from noise alone: a sheet over time, and the newest as files to play and read.
    private void DrawModalities(IGenerator generator, SampleSettings wanted, TensorBoardWriter? board, CancellationToken cancellation)
    {
        const int Count = 16;
        var exhibit = new SampleExhibit(_recipe.Data, _data.Range, _data.Tokenizer);
        foreach (var modality in generator.Generates)
        {
            using var scope = Scope.Enter();
            using var precision = _precision.Enter();
            var settings = RunEvaluator.SamplerOf(wanted, conditioned: false) with { Shift = generator.SamplingShift(modality) };
            var made = generator.MakeOnHost(new GenerationRequest(Count, [modality]), settings, new SeededStep(_recipe.Seed, long.MaxValue - 1), averaged: true, cancellation);
            exhibit.Write(made, Path.Combine(_folder.MadePath, modality), most: modality == Modality.Text ? Count : 4);
            if (exhibit.Sheet(modality, made.Field(modality)) is not { } png)
                continue;
            AtomicFile.Write(_folder.Sample($"samples-{modality}", _state.Step), png);
            board?.Image($"samples-{modality}", png, _state.Step);
        }
    }

    private void DrawFigures(bool finished, CancellationToken cancellation)
    {
        if (!_options.Figures || _data.PlainInputs.Pictures is null)
            return; // figures show pictures
        using var precision = _precision.Enter();
        if (RunFigures.DrawProgress(_folder, FigureSource.Of(_data, _recipe), _model.Objective, _state.Step, cancellation) is { } problem)
            _options.Observer.On(new TrainingEvent.Warning(problem));
        if (finished)
            RunFigures.Draw(_folder, FigureSource.Of(_data, _recipe), _model.Objective, _state.Step, cancellation);
    }

    private RunResult Conclude(CancellationToken cancellation)
    {
        IReadOnlyList<Metric> metrics = [];
        long? chosen = _recipe.Checkpoint.Patience is not null && _state.BestStep is { } best && best != _state.Step ? best : null;
        if (chosen is { } step)
            _model.LoadWeights(_folder.Checkpoint(step));
        if (_evaluator is not null)
        {
            _options.OnPhase?.Invoke(chosen is null ? "Evaluating the trained model" : $"Evaluating the best checkpoint, of step {chosen}");
            metrics = Evaluate(samples: true, cancellation);
            DrawSamples(board: null, cancellation);
            if (_options.Figures)
                _options.OnPhase?.Invoke("Drawing the figures");
            DrawFigures(finished: true, cancellation);
        }

        var result = new RunResult
        {
            System = _recipe.System,
            Recipe = _options.RecipeFile,
            Paper = _options.Systems.Find(_recipe.System)?.Paper,
            Steps = _state.Step,
            Samples = _state.Samples,
            Seconds = _state.Seconds,
            SamplesPerSecond = _state.Seconds > 0 ? _state.Samples / _state.Seconds : 0,
            FinalLoss = _state.Loss,
            Evaluation = Dictionary(metrics),
            Protocols = metrics.Where(m => m.Protocol is not null).ToDictionary(m => m.Name, m => m.Protocol!),
            ChanceLoss = _health.ChanceLoss,
            RecipeId = SeedGroups.RecipeId(_recipe),
            Baselines = _state.Baselines,
            Better = Protocols.Better(metrics),
            PeakMemoryBytes = Math.Max(_peak, MachineMemory.PeakResident),
            TrainingPeakMemoryBytes = _trainingPeak,
            MicroBatch = _state.MicroBatch,
            Warnings = _splits.Count > 0 ? _splits : null,
            StartedFrom = _state.StartedFrom,
            BestStep = chosen,
            Seed = (long)_recipe.Seed,
            Command = _options.Command,
            Version = BuildVersion.Number,
            Commit = BuildVersion.Commit,
            Started = _state.Started,
            Machine = $"{_environment.Cpu}, {_environment.Cores} cores",
            Environment = _environment,
        };
        result = result with { Diagnosis = _health.Conclude(result) };
        _folder.WriteResult(result);
        _options.OnPhase?.Invoke("Writing the report");
        ReportBuilder.Build(_folder);
        return result;
    }

    private static Dictionary<string, double> Dictionary(IReadOnlyList<Metric> metrics) => metrics.ToDictionary(m => m.Name, m => m.Value);

    private static void RequireSameRecipe(PretrainingOptions options, RunFolder folder)
    {
        var text = RecipeWriter.Write(options.Recipe.Recipe, options.Recipe.Origins);
        if (!File.Exists(folder.RecipePath) || folder.CheckpointSteps().Count == 0)
        {
            WriteRecipe(options.Recipe, folder, text);
            return;
        }

        var before = new RecipeLoader(options.Systems).Load(folder.RecipePath, [], new Dictionary<string, string>()).Recipe;
        // A longer duration goes on with the run; anything else would be another run.
        if (before with { Duration = options.Recipe.Recipe.Duration } != options.Recipe.Recipe)
            throw new TrainingStoppedException($"{folder.Path} holds a run of another recipe (see {folder.RecipePath}). Give another --out, or delete the folder.");
        if (folder.ReadResult() is { } done && before == options.Recipe.Recipe)
            throw new TrainingStoppedException($"{folder.Path} holds a finished run ({done.Steps} steps). Raise --steps to go on with it, or give another --out.");
        File.Delete(folder.ResultPath);  // a result stands for a finished run; without it this command goes on when it is killed
        WriteRecipe(options.Recipe, folder, text);
    }

    private static void WriteRecipe(LoadedRecipe recipe, RunFolder folder, string text)
    {
        AtomicFile.Write(folder.RecipePath, text);
        var origins = new JsonObject();
        foreach (var (key, origin) in recipe.Origins.Where(o => o.Value.Kind != OriginKind.Default))
            origins[key] = origin.ToString();
        AtomicFile.Write(folder.OriginsPath, origins.ToJsonString() + "\n");
    }
}
