using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Logging;
using Selfsame.Training.Planning;
using Selfsame.Training.Progress;

namespace Selfsame.Training;

/// <summary>What a log step knows.</summary>
internal readonly record struct StepReport(double Loss, IReadOnlyList<Metric> Metrics);

/// <summary>The steps of a run, and nothing else: batches in, weights changed. Knows no method, no file and no screen.</summary>
internal sealed class TrainingLoop
{
    private readonly Recipe _recipe;
    private readonly TrainingModel _model;
    private readonly TrainingStep _step;
    private readonly BatchLoader _batches;
    private readonly LossGuard _guard;
    private readonly BatchShape _shape;
    private readonly AverageMeter _meter = new();
    private readonly Queue<HostBatch> _ahead = new();
    private readonly bool _keepsIntermediates;

    internal TrainingLoop(Recipe recipe, TrainingModel model, BatchLoader batches, BatchShape shape, ComputePrecision precision, LossGuard guard)
    {
        (_recipe, _model, _step, _batches, _shape, _guard) = (recipe, model, new TrainingStep(recipe, model, precision), batches, shape, guard);
        MicroBatch = recipe.MicroBatch ?? recipe.Batch;
        // Only an objective that looks at a finished step needs more of it than the loss.
        _keepsIntermediates = model.Objective.GetType().GetMethod(nameof(Objective.AfterStep))!.DeclaringType != typeof(Objective);
    }

    /// <summary>Optimizer steps done.</summary>
    internal long Step { get; set; }

    /// <summary>Loss of the last step; NaN before the first.</summary>
    internal double LastLoss { get; private set; } = double.NaN;

    /// <summary>Where the loader stands, in samples.</summary>
    internal long Position { get; set; }

    /// <summary>Samples that pass through the model at once.</summary>
    internal int MicroBatch { get; private set; }

    /// <summary>Where the batch of a step without finite loss is kept for a closer look; null keeps none.</summary>
    internal string? BadBatchFolder { get; init; }

    /// <summary>Told of every skipped step: why.</summary>
    internal Action<string>? OnSkipped { get; set; }

    /// <summary>Told when memory ran out or would run out, and the batch is split: why.</summary>
    internal Action<string>? OnSplit { get; set; }

    /// <summary>Splits the batch where it would not fit, before the first step. Does nothing where the recipe says how it is split, or the method can't be.</summary>
    /// <param name="available">Bytes that tensors may still take.</param>
    /// <param name="cancel">Stops waiting for data.</param>
    internal void FitMemory(long available, CancellationToken cancel)
    {
        if (_recipe.MicroBatch is not null || _recipe.Batch == 1 || !_model.Objective.IsMeanOverSamples)
            return;
        var host = Load(cancel);
        _ahead.Enqueue(host);
        using var scope = Scope.Enter();
        try
        {
            var needs = new StepProbe(_model, _step).Measure(_shape.Batch(host), host.Count);
            var part = needs.LargestPart(_recipe.Batch, available);
            if (part == _recipe.Batch)
                return;
            MicroBatch = part;
            OnSplit?.Invoke(FormattableString.Invariant($"a batch of {_recipe.Batch} needs about {HumanText.Bytes(needs.For(_recipe.Batch))} for its tensors, and {HumanText.Bytes(available)} are free: it passes in parts of {part}, with the same result"));
        }
        catch (TorchException problem) when (problem.IsOutOfMemory)
        {
            Halve(problem);
        }
        finally
        {
            TorchMemory.Trim();  // the sizes of small parts do not come again
        }
    }

    /// <summary>Runs one optimizer step.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="momentum">Share of itself that the teacher keeps.</param>
    /// <param name="cancel">Stops waiting for data.</param>
    /// <exception cref="TrainingStoppedException">Too many steps in a row had to be skipped, or not even one sample fits into memory.</exception>
    internal void RunStep(double rate, double momentum, CancellationToken cancel)
    {
        var hosts = new List<HostBatch>(1);
        try
        {
            while (!TryStep(hosts, rate, momentum, cancel))
            {
                // Again from the start with smaller parts: the one that failed may have left part of its gradients.
            }
        }
        finally
        {
            foreach (var host in hosts)
                host.Dispose();
        }

        Step++;
    }

    /// <summary>Averages since the last call.</summary>
    internal StepReport Report()
    {
        var averages = _meter.Read();
        var loss = averages.FirstOrDefault(m => m.Name == "loss");
        return new StepReport(loss.Name is null ? double.NaN : loss.Value, [.. averages.Where(m => m.Name != "loss")]);
    }

    private bool TryStep(List<HostBatch> hosts, double rate, double momentum, CancellationToken cancel)
    {
        using var scope = Scope.Enter();  // every tensor born in this step is freed at its end
        var parts = new List<(ObjectiveResult Result, double Weight)>();
        try
        {
            _step.Begin(rate);
            var (loss, weights, seen) = (0.0, 0.0, 0);
            for (var k = 0; seen < _recipe.Batch; k++)
            {
                if (k == hosts.Count)
                    hosts.Add(Load(cancel));
                for (var first = 0; first < hosts[k].Count;)
                {
                    var count = Math.Min(MicroBatch, hosts[k].Count - first);
                    var (result, weight) = Part(hosts[k], first, new BatchPart(seen, count, _recipe.Batch));
                    parts.Add((result, weight));
                    (loss, weights) = (loss + (result.Loss.Item() * weight), weights + weight);
                    (first, seen) = (first + count, seen + count);
                }
            }

            // Each part was weighted as if the weights added up to the samples; where they count something else, that is known only now.
            if (weights != _recipe.Batch && parts.Count > 1 && weights > 0)
                _step.Scale(_recipe.Batch / weights);
            LastLoss = parts.Count > 1 ? loss / weights : parts[0].Result.Loss.Item();
            Conclude(LastLoss, momentum, parts);
            Position = hosts[^1].NextPosition;
            return true;
        }
        catch (TorchException problem) when (problem.IsOutOfMemory)
        {
            Halve(problem);
            return false;
        }
    }

    private HostBatch Load(CancellationToken cancel) =>
        _ahead.TryDequeue(out var host) ? host : _batches.Next(cancel) ?? throw new InvalidOperationException("the loader of a run has no end");

    private void Halve(TorchException problem)
    {
        if (!_model.Objective.IsMeanOverSamples && _recipe.MicroBatch is null)
            throw new TrainingStoppedException($"memory ran out at a batch of {_recipe.Batch}, which {_recipe.System} can't split: it compares the samples of a batch with each other. Lower --batch. ({problem.Message})");
        if (MicroBatch == 1)
            throw new TrainingStoppedException($"memory ran out with a single sample. Take a smaller encoder or smaller views, or free memory ({HumanText.Bytes(MachineMemory.Available())} can be had). ({problem.Message})");
        var before = MicroBatch;
        MicroBatch = Math.Max(1, MicroBatch / 2);
        TorchMemory.Trim();
        OnSplit?.Invoke(FormattableString.Invariant($"memory ran out at {before} samples at once: from step {Step + 1} on the batch of {_recipe.Batch} passes in parts of {MicroBatch}, with the same result"));
    }

    // Of a part only what the result names outlives it, and its intermediates only where the objective looks back at them.
    private (ObjectiveResult Result, double Weight) Part(HostBatch host, int first, BatchPart part)
    {
        using var inner = Scope.Enter();
        var result = _step.Compute(Rows(host, first, part), Step, part);
        var weight = result.Weight ?? part.Count;
        TrainingStep.Backward(result, part.Count == part.Total ? 1 : weight / part.Total);
        if (!double.IsFinite(result.Loss.Item()))
            OnSkipped?.Invoke(Culprit(host, first, part));
        inner.MoveOut(result.Loss);
        foreach (var (_, value) in result.Figures)
            inner.MoveOut(value);
        if (_keepsIntermediates)
        {
            foreach (var value in result.Intermediates.Values)
                inner.MoveOut(value);
        }

        return (result, weight);
    }

    private Batch Rows(HostBatch host, int first, BatchPart part)
    {
        var batch = _shape.Batch(host);
        return part.Count == host.Count ? batch : batch.Rows(first, part.Count);
    }

    private void Conclude(double loss, double momentum, List<(ObjectiveResult Result, double Weight)> parts)
    {
        var gradient = _step.Measure();
        var problem = _guard.Judge(loss, gradient.Value);
        if (problem is null)
        {
            _step.Finish(gradient, momentum);
            _meter.Add("loss", loss);
            _meter.Add("gradient_norm", gradient.Value);
            foreach (var (result, weight) in parts)
            {
                _model.Objective.AfterStep(result);
                foreach (var (name, value) in result.Figures)
                    _meter.Add(name, value.Item(), weight);
            }
        }
        else
        {
            OnSkipped?.Invoke($"step {Step + 1} is skipped: {problem}");
            if (_guard.Exhausted)
                throw new TrainingStoppedException($"{_recipe.Guard.MaxSkipped + 1} steps in a row had to be skipped, the last because {problem}. Lower the learning rate, lengthen the warm-up, or try --precision fp32.");
        }
    }

    // Runs the part once more, watching every module.
    private string Culprit(HostBatch host, int first, BatchPart part)
    {
        using var scope = Scope.Enter();
        using var search = NonFiniteSearch.Start();
        using var guard = GradMode.Off();
        var batch = Rows(host, first, part);
        if (BadBatchFolder is not null)
        {
            Directory.CreateDirectory(BadBatchFolder);
            var path = Path.Combine(BadBatchFolder, FormattableString.Invariant($"step-{Step + 1}.safetensors"));
            TensorFile.Save(path, [("image", batch[Modality.Image].Contiguous()), ("indices", Tensor.From(host.Indices.Slice(first, (int)part.Count)))]);
        }

        _step.Compute(batch, Step, part);
        return search.Found is { } module ? $"first value that is not finite: output of {module}" : "all modules put out finite values; the loss itself overflowed";
    }
}

/// <summary>The shape of what a loader delivers, and how a batch is made of it.</summary>
/// <param name="Views">Views of a sample.</param>
/// <param name="Channels">Channels of a picture.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Labelled">Whether labels come along.</param>
public sealed record BatchShape(int Views, int Channels, int Height, int Width, bool Labelled)
{
    /// <summary>Views the loader's memory as tensors, without copying. Valid until the host batch is disposed.</summary>
    public unsafe Batch Batch(HostBatch host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Tensor all;
        fixed (float* values = host.Values.Span)  // the memory is pinned by its loader
            all = Tensor.View(values, [host.Count, Views, Channels, Height, Width], DType.Float32);
        Tensor? labels = null;
        if (Labelled)
        {
            var ids = new long[host.Count];
            var given = host.Labels(0);
            for (var k = 0; k < ids.Length; k++)
                ids[k] = given[k];
            labels = Tensor.From<long>(ids);
        }

        var tensors = new Dictionary<string, Tensor>();
        for (var v = 0; v < Views; v++)
            tensors[v == 0 ? Modality.Image : FormattableString.Invariant($"{Modality.Image}.{v}")] = all.Select(1, v);
        return new Batch(tensors) { Labels = labels };
    }
}

/// <summary>Training can't go on.</summary>
public sealed class TrainingStoppedException : Exception
{
    /// <summary>Says why, and what to do.</summary>
    public TrainingStoppedException(string message)
        : base(message)
    {
    }
}
